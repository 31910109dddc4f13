/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * One rule while it is being parsed. What is wrong with it is kept as the first reason of each
 * kind; only "broken" ends the parsing. One thread.
 */
#ifndef TT_RULE_PARSE_H
#define TT_RULE_PARSE_H

#include "tt_rule.h"
#include "tt_rule_classes.h"
#include "tt_rule_text.h"
#include "tt_rule_variables.h"
#include "tt_rules_memory.h"

/* Names of flowbits of one option, until it is known which of them matter. */
struct tt_rule_bit_names {
	struct tt_rule_bit_names *next;
	unsigned option; /* of the payload's */
	enum tt_rule_flowbit_do does; /* as that says, which only loaded rules keep */
	unsigned n;
	struct tt_rule_bit_name {
		const char *name;
		size_t id; /* its number among all, once these are known */
	} names[]; /* [n] */
};

struct tt_rule_parse {
	/* What stands around the rule. */
	struct tt_rules_memory *memory;
	struct tt_rule_variables *variables;
	const struct tt_rule_classes *classes;
	const struct tt_rule_reader *reader; /* for places */
	const struct tt_rule_line *line;

	struct tt_rule rule;
	struct tt_rule_bit_names *bits;
	char *why_broken, *why_unreachable, *why_unsupported; /* NULL: it is not */

	/* The options so far; grown as needed, used again for the next rule. */
	struct tt_rule_option *header, *payload;
	unsigned header_room, payload_room;
	int last_content; /* index in payload that modifiers are about, or -1 */
	unsigned modified; /* bits of enum tt_rule_modifier that it has */
	enum tt_rule_buffer buffer; /* the one that was named last */
	struct tt_rule_word names[TT_RULE_VARIABLES_MAX]; /* of byte_extract, byte_math */
	struct tt_rule_word classtype, category;
	bool has_priority;
	unsigned identified; /* bits of enum tt_rule_identifier that were given */
};

/* What is said of the content before it. */
enum tt_rule_modifier {
	TT_RULE_NOCASE,
	TT_RULE_OFFSET,
	TT_RULE_DEPTH,
	TT_RULE_DISTANCE,
	TT_RULE_WITHIN,
	TT_RULE_STARTS_WITH,
	TT_RULE_ENDS_WITH,
	TT_RULE_RAW_BYTES,
	TT_RULE_FAST_PATTERN,
	TT_RULE_FAST_PATTERN_CUT, /* Snort 3's fast_pattern_offset, fast_pattern_length */
};

/* The option that is being taken. value.at is NULL where there is none. */
struct tt_rule_taken {
	struct tt_rule_word name, value;
	int argument; /* that of its keyword */
};

/* Keeps the reason that a rule is broken, "NAME: … at column 57". Returns -EINVAL, or -ENOMEM. */
int tt_rule_broken(struct tt_rule_parse *p, const char *at, const char *format, ...)
		TT_PRINTF(3, 4);

/* Keeps the reason why it cannot be reached, or is not supported. Return 0 or -ENOMEM. */
int tt_rule_unreachable(struct tt_rule_parse *p, const char *format, ...) TT_PRINTF(2, 3);
int tt_rule_unsupported(struct tt_rule_parse *p, const char *format, ...) TT_PRINTF(2, 3);

/* How much of a word messages show. */
#define TT_RULE_SHOWN(word) ((word).n > 60 ? 60 : (int)(word).n), (word).at

/* Adds an option and returns it, or NULL if memory is short. */
struct tt_rule_option *tt_rule_add_header(
		struct tt_rule_parse *p, enum tt_rule_kind kind);
struct tt_rule_option *tt_rule_add_payload(
		struct tt_rule_parse *p, enum tt_rule_kind kind);

/*
 * Parses the line that p is about into p->rule. Returns 0 whatever the rule's outcome, or -ENOMEM.
 */
int tt_rule_parse_line(struct tt_rule_parse *p) TT_MUST_CHECK;
void tt_rule_parse_fini(struct tt_rule_parse *p);

/* Takes the head off *rest, which then begins with the options' parenthesis or is empty. */
int tt_rule_parse_head(struct tt_rule_parse *p, struct tt_rule_word *rest) TT_MUST_CHECK;

/* Takes all options, within the parentheses. */
int tt_rule_parse_options(
		struct tt_rule_parse *p, struct tt_rule_word options) TT_MUST_CHECK;

/*
 * Takes a text in quotes off *rest, up to the closing quote. Returns 0, or as tt_rule_broken. text:
 * what is between the quotes, as written.
 */
int tt_rule_parse_quoted(struct tt_rule_parse *p, struct tt_rule_word *rest,
		struct tt_rule_word *text) TT_MUST_CHECK;

/* Strips a pair of quotes around a value, where it has one. */
struct tt_rule_word tt_rule_unquoted(struct tt_rule_word value);

/* A value that is a number, or the name of a variable of this rule. Returns as tt_rule_broken. */
int tt_rule_parse_value(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word text, int64_t min, int64_t max,
		struct tt_rule_value *value) TT_MUST_CHECK;

/* The same of a number alone. */
int tt_rule_parse_number(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word text, int64_t min, int64_t max,
		int64_t *number) TT_MUST_CHECK;

/*
 * All forms of a condition on a number of the kind that o->argument says: equal, unequal, less, more, between, under a
 * mask. Returns as tt_rule_broken.
 */
int tt_rule_parse_condition(struct tt_rule_parse *p, const struct tt_rule_taken *o,
		struct tt_rule_word word, struct tt_rule_number *number,
		bool *negated) TT_MUST_CHECK;

/* A variable's number, that of a new one where it is not known; -1 where there is no room. */
int tt_rule_variable_named(struct tt_rule_parse *p, struct tt_rule_word name);

/*
 * Says of a rule that no packet can match, whose options are all taken, that it is unreachable.
 * Returns 0 or -ENOMEM.
 */
int tt_rule_check_possible(struct tt_rule_parse *p) TT_MUST_CHECK;

/* The same of its payload options, where there are at most max bytes of payload. */
int tt_rule_check_payload(struct tt_rule_parse *p, int64_t max) TT_MUST_CHECK;

/* What an option does, by its name. Returns 0, or as tt_rule_broken. */
struct tt_rule_keyword {
	const char *name;
	int (*take)(struct tt_rule_parse *p, const struct tt_rule_taken *o);
	int argument; /* an enumerator: the kind, the modifier, the buffer */
	enum tt_rule_value_rule {
		TT_RULE_VALUE_NEEDED,
		TT_RULE_VALUE_ALLOWED,
	} value;
};

/* NULL where the name is none that is taken. */
const struct tt_rule_keyword *tt_rule_keyword_find(struct tt_rule_word name);

/* How an option that is known, but not by a tt_rule_keyword, is treated. */
enum tt_rule_treatment {
	TT_RULE_UNKNOWN,
	TT_RULE_IGNORED, /* has no influence on matching */
	TT_RULE_ELSEWHERE, /* of a session, a stream, an application */
};
enum tt_rule_treatment tt_rule_treatment_of(struct tt_rule_word name);

/* The number of an IP protocol by its name. Returns whether it is one. */
bool tt_rule_protocol_named(struct tt_rule_word word, uint64_t *number);

/* Is it the name of an application's protocol (or Snort 3's service)? */
bool tt_rule_is_application(struct tt_rule_word name);

/* The options: the header's, the payload's, those of sessions and counting, the others. */
#define TT_RULE_TAKE(name) \
	int tt_rule_take_##name(struct tt_rule_parse *p, const struct tt_rule_taken *o)

TT_RULE_TAKE(number); /* argument: the kind */
TT_RULE_TAKE(bits); /* argument: TT_RULE_FLAGS or TT_RULE_FRAGBITS */
TT_RULE_TAKE(ipopts);
TT_RULE_TAKE(sameip);
TT_RULE_TAKE(l3_proto);
TT_RULE_TAKE(vlan_id); /* argument: TT_RULE_VLAN_ID */
TT_RULE_TAKE(sctp_chunk); /* argument: TT_RULE_SCTP_CHUNK */
TT_RULE_TAKE(checksum); /* argument: enum tt_rule_checksum */

TT_RULE_TAKE(buffer); /* argument: the buffer */
TT_RULE_TAKE(content);
TT_RULE_TAKE(uricontent);
TT_RULE_TAKE(modifier); /* argument: enum tt_rule_modifier */
TT_RULE_TAKE(isdataat);
TT_RULE_TAKE(rpc);
TT_RULE_TAKE(pcre);
TT_RULE_TAKE(regex);
TT_RULE_TAKE(byte_test);
TT_RULE_TAKE(byte_jump);
TT_RULE_TAKE(byte_extract);
TT_RULE_TAKE(byte_math);

TT_RULE_TAKE(flow);
TT_RULE_TAKE(flowbits);
TT_RULE_TAKE(xbits);
TT_RULE_TAKE(flowint);
TT_RULE_TAKE(threshold);
TT_RULE_TAKE(detection_filter);

TT_RULE_TAKE(msg);
TT_RULE_TAKE(identifier); /* argument: enum tt_rule_identifier */
TT_RULE_TAKE(classtype);
TT_RULE_TAKE(metadata);
TT_RULE_TAKE(noalert);

enum tt_rule_identifier {
	TT_RULE_SID,
	TT_RULE_GID,
	TT_RULE_REV,
	TT_RULE_PRIORITY,
};

/* Text as a table may hold it: escapes resolved, what is no UTF-8 as "?". NULL if memory is short. */
char *tt_rule_printable(struct tt_rules_memory *memory, struct tt_rule_word text);

#endif
