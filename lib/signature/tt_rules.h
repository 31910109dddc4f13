/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rule files → a set of rules. Each rule of a file has one outcome, and each outcome but "loaded"
 * says file, line, sid and why, so that nobody has to guess what the sensor looks for:
 *
 *     loaded        will be matched
 *     unreachable   needs an established session, a stream, an application's parser or a packet that
 *                   is none, which a sensor where nothing answers never sees; or asks for what
 *                   excludes itself
 *     unsupported   uses an option or an action that is not known here, which it names
 *     broken        is no rule: what is wrong, and where in the line
 *     duplicate     another rule of the same gid and sid has a higher revision, or the same and stands
 *                   before it
 *
 * Of several, the first that holds of: broken, unreachable, unsupported, duplicate. Rules that are
 * commented out are not reported.
 *
 * A broken rule never keeps the others from loading. Memory: heap, in proportion to the files.
 * One thread; once loaded a set is read-only, and any thread may read it.
 */
#ifndef TT_RULES_H
#define TT_RULES_H

#include "tt_error.h"
#include "tt_rule.h"

enum tt_rule_outcome {
	TT_RULE_LOADED,
	TT_RULE_UNREACHABLE,
	TT_RULE_UNSUPPORTED,
	TT_RULE_BROKEN,
	TT_RULE_DUPLICATE,
	TT_RULE_N_OUTCOMES
};

/* A rule that was not loaded; or one that was, and what engines would warn of. */
struct tt_rule_remark {
	enum tt_rule_outcome outcome;
	uint32_t gid, sid; /* sid 0 where it could not be read */
	const char *file;
	uint32_t line;
	char *why; /* "option asn1", "content: unfinished hexadecimal at column 57" … */
};

struct tt_rules {
	struct tt_rule *rules; /* [n], by gid and sid: the order of evaluation and of tables */
	unsigned n;
	unsigned n_counting; /* of these, rules with threshold or detection_filter */
	struct tt_rule_remark *remarks; /* [n_remarks], in the order of files and lines */
	unsigned n_remarks;
	struct tt_rule_remark *
			notes; /* [n_notes], likewise: of rules that are loaded all the same */
	unsigned n_notes;
	unsigned outcomes[TT_RULE_N_OUTCOMES];
	char **flowbits; /* [n_flowbits] names */
	unsigned n_flowbits;
	char identity[96]; /* "2886 rules sha256:0123456789abcdef": of the text of the loaded rules
			    * and of what variables and mappings made of them; the same whatever
			    * home_net is */
	struct tt_rules_memory *memory; /* opaque */
};

/* What stands around the rules. Zeroed: defaults. */
struct tt_rules_options {
	const char *variables; /* file of "var NAME value", "ipvar", "portvar" lines (Snort) or of
				* vars: address-groups, port-groups (Suricata's YAML); NULL: defaults,
				* HOME_NET the monitored addresses, EXTERNAL_NET any */
	const char *home_net; /* HOME_NET where variables do not state it: a list of prefixes; NULL:
			       * nothing is known of it, and neither $HOME_NET nor !$HOME_NET keeps
			       * a packet from matching */
	const char *classification; /* file of classtype → priority, category; NULL: none */
};

/*
 * Reads files[n_files] into an empty set. Returns 0 with whatever loaded, however many rules did
 * not; -ENOENT and the like for a file that cannot be read, -EINVAL for variables or mappings that
 * are wrong, -ENOMEM; err says which and why.
 */
int tt_rules_load(struct tt_rules *rules, const char *const *files, unsigned n_files,
		const struct tt_rules_options *options,
		struct tt_error *err) TT_MUST_CHECK;

/* The same of bytes; name: for messages. */
int tt_rules_parse(struct tt_rules *rules, const char *name, const uint8_t *bytes,
		size_t n, const struct tt_rules_options *options,
		struct tt_error *err) TT_MUST_CHECK;

void tt_rules_fini(struct tt_rules *rules);

/* How many of rules[n] count: what a set has as n_counting. */
static inline unsigned
tt_rules_counting(const struct tt_rule *rules, unsigned n)
{
	unsigned counting = 0;

	for (unsigned i = 0; i < n; i++)
		counting += rules[i].count.type != TT_RULE_COUNT_NONE;
	return counting;
}

/* "loaded", "unreachable", "unsupported" … */
const char *tt_rule_outcome_name(enum tt_rule_outcome outcome);

#endif
