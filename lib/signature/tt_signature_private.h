/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A compiled set of rules. Rules have ranks, the order in which they are tried: by
 * flowbit_order, then as in the set. By class of packet (protocol) there is a list of rules that any
 * packet may match, and lists by destination and by source port (of ICMP by type, of other protocols
 * by protocol) of those that name few ports. A list has rules of two kinds: those that are looked for
 * by a pattern in the payload, and those that are tried by the header. For the files of lib/signature
 * only.
 */
#ifndef TT_SIGNATURE_PRIVATE_H
#define TT_SIGNATURE_PRIVATE_H

#include "tt_signature_eval.h"
#include "tt_signature_gate.h"
#include "tt_signature_repeat.h"
#include "tt_signature_sieve.h"
#include "tt_signature_sole.h"

#define TT_SIGNATURE_KEYS 65536
#define TT_SIGNATURE_LITERAL_MAX \
	16 /* bytes; longer contents are searched by a part of them */

struct hs_database;
struct hs_scratch;

/* Heap memory that is freed as a whole. */
struct tt_signature_arena {
	struct tt_signature_block {
		struct tt_signature_block *next;
	} * blocks;
};

/* Zeroed, or NULL. */
void *tt_signature_take(struct tt_signature_arena *arena, size_t n, size_t bytes);
void tt_signature_arena_fini(struct tt_signature_arena *arena);

/* Part of a content that is searched for; n 0: the rule has none. */
struct tt_signature_literal {
	const uint8_t *bytes; /* [n] */
	uint32_t n;
	bool nocase;
};

/* One multi-pattern pass. */
struct tt_signature_patterns {
	struct hs_database *db;
	uint32_t n;
	uint32_t *first; /* [n + 1]: the rules of the pattern i are ranks[first[i]] to … [i + 1] */
	uint32_t *ranks;
};

struct tt_signature_list {
	struct tt_signature_filter header; /* rules that are tried by the header */
	uint32_t *searched; /* [n_searched] ranks of rules with a literal, ascending */
	uint32_t n_searched;
	struct tt_signature_patterns patterns; /* db NULL: none */
	bool covers_any; /* patterns has those of the class's list `any` as well */
};

struct tt_signature_side {
	uint32_t *list_of; /* [TT_SIGNATURE_KEYS] index in lists; 0: none */
	uint64_t *quiet; /* [TT_SIGNATURE_KEYS / 64] bits: a rule that needs no payload; never NULL */
	uint64_t *used; /* … any rule */
	struct tt_signature_list *lists; /* [n]; the first is empty */
	uint32_t n;
};

enum {
	TT_SIGNATURE_BY_DST,
	TT_SIGNATURE_BY_SRC,
	TT_SIGNATURE_N_SIDES
};

#define TT_SIGNATURE_GATES 5 /* flags that are usual */

struct tt_signature_group {
	struct tt_signature_list any;
	/* Before all else; of TCP. */
	struct tt_signature_gate gates[TT_SIGNATURE_GATES];
	const struct tt_signature_gate *gate_of[256]; /* by flags; NULL: none */
	const struct tt_signature_screen *screen_of
			[256]; /* the same; where there is none, one that is open */
	struct tt_signature_screen open;
	struct tt_signature_sieve sieves[TT_SIGNATURE_GATES]; /* of the gates */
	const struct tt_signature_sieve
			*sieve_of[256]; /* by flags; NULL: none, that lets all through */
	struct tt_signature_sole *soles; /* [TT_SIGNATURE_SOLES] of TCP */
	struct tt_signature_side sides[TT_SIGNATURE_N_SIDES];
};

struct tt_signatures {
	struct tt_signature_limits limits;
	struct tt_signature_rule *rules; /* [n] by rank */
	uint32_t n;
	bool in_order; /* ranks are in the order of the set */
	bool multi_pattern;
	tt_signature_sieve_function *sieve; /* NULL: none runs, or of no use */
	enum tt_signature_unsieved unsieved; /* of SYNs, whether sieves run or not */
	uint32_t n_memos; /* contents that stand in more than one rule */
	struct tt_signature_literal *literals; /* [n] by rank */
	struct tt_signature_group groups[TT_SIGNATURE_N_CLASSES];
	struct tt_signature_arena arena;
};

#define TT_SIGNATURE_WANT_ANY   1 /* rules for any port are left, by the header */
#define TT_SIGNATURE_WANT_LISTS 2 /* there are rules for its ports */
#define TT_SIGNATURE_WANT_PASS  4 /* it has payload, and there are patterns for any port */
#define TT_SIGNATURE_WANT_ALL   7
#define TT_SIGNATURE_WANT_PLAIN 8 /* it is plain, and its port has a class */
#define TT_SIGNATURE_WANT_OPEN  16 /* it is plain, and its gate is open */

struct tt_signature_scratch {
	struct tt_signature_pcre pcre;
	struct hs_scratch *hs; /* NULL where there is no pass */
	struct tt_signature_eval eval;
	uint64_t *candidates; /* bits by rank */
	uint64_t *summary; /* bits by word of candidates */
	uint32_t n_summary; /* words */
	uint16_t of_class[TT_SIGNATURE_N_CLASSES]
			 [TT_SIGNATURE_BURST]; /* indices of packets */
	uint16_t left[TT_SIGNATURE_BURST]; /* indices, for what is going on */
	uint16_t passed[TT_SIGNATURE_BURST]; /* indices of packets that are wanted, and not matched at once */
	uint8_t wanted[TT_SIGNATURE_BURST]; /* why a packet may match something; 0: it does not */
	struct tt_signature_view views[TT_SIGNATURE_BURST];
	struct tt_signature_repeat repeats[TT_SIGNATURE_REPEATS];
	uint64_t *alive; /* [TT_SIGNATURE_BURST][stride] */
	uint32_t stride; /* words of the widest `any` */
};

/* Fills the groups' lists from rules and literals. Returns 0 or -ENOMEM. */
int tt_signature_group_rules(struct tt_signatures *s) TT_MUST_CHECK;

/* What of a rule's contents is searched for. */
struct tt_signature_literal tt_signature_literal_of(const struct tt_rule *rule);

/* Numbers contents that stand in several rules, and marks those that a rule's pattern is. Returns 0 or
 * -ENOMEM. */
int tt_signature_know_contents(struct tt_signatures *s) TT_MUST_CHECK;

/* Can this machine search many patterns at once? */
bool tt_signature_patterns_run(void);

/* Compiles the patterns of ranks[n] (of one list, or of two). Returns 0, -ENOMEM or -EINVAL. */
int tt_signature_patterns_compile(struct tt_signatures *s,
		struct tt_signature_patterns *patterns, const uint32_t *ranks, uint32_t n,
		struct tt_error *err) TT_MUST_CHECK;
void tt_signature_patterns_fini(struct tt_signature_patterns *patterns);

/* The room that a pass takes. Returns 0 or -ENOMEM. */
int tt_signature_patterns_room(const struct tt_signature_patterns *patterns,
		struct hs_scratch **scratch) TT_MUST_CHECK;
void tt_signature_patterns_leave(struct hs_scratch *scratch);

/* Marks the rules whose pattern occurs in the bytes, and remembers them, unless repeat is NULL. */
void tt_signature_patterns_scan(const struct tt_signature_patterns *patterns,
		struct tt_signature_scratch *scratch, struct tt_signature_bytes b,
		struct tt_signature_repeat *repeat);

/* Which of scratch->of_class[class][n] may match anything? */
void tt_signature_choose(const struct tt_signatures *s,
		struct tt_signature_scratch *scratch, unsigned class, unsigned n);

static inline void
tt_signature_mark(struct tt_signature_scratch *s, uint32_t rank)
{
	s->candidates[rank / 64] |= UINT64_C(1) << rank % 64;
	s->summary[rank / 4096] |= UINT64_C(1) << rank / 64 % 64;
}

static inline bool
tt_signature_bit(const uint64_t *bits, uint32_t i)
{
	return (bits[i / 64] >> i % 64 & 1) != 0;
}

/* What packets of a class are listed by, beside source ports. */
static inline uint32_t
tt_signature_key(const struct tt_signature_view *v)
{
	if (v->class <= TT_SIGNATURE_UDP)
		return v->packet->dst_port;
	return v->class == TT_SIGNATURE_ICMP ? v->packet->icmp_type : v->packet->protocol;
}

#endif
