/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PCRE2, with its JIT where there is one, within a budget. PCRE2's own match limit holds for each place
 * at which a match may begin, and counts neither the bytes that a repeat passes over nor, with the
 * JIT, most of the rest; so each item of a pattern calls back (PCRE2_AUTO_CALLOUT), and what is counted
 * there bounds a match as a whole: a unit for an item, one for every 8 bytes that the item before it
 * passed over, and one for every 8 that it may pass over and then fail.
 *
 * A worker's part is taken once; a match takes no memory with the JIT (pcre2_match without it takes
 * some at the first match and keeps it). For the files of lib/signature only.
 */
#ifndef TT_SIGNATURE_PCRE_H
#define TT_SIGNATURE_PCRE_H

#include "tt_error.h"

struct tt_signature_regex; /* a compiled pattern; opaque */

/* What matching needs beside the pattern: one for each thread. */
struct tt_signature_pcre {
	struct pcre2_real_match_data_8 *match;
	struct pcre2_real_match_context_8 *context;
	struct pcre2_real_jit_stack_8 *stack;
	const uint16_t *reach; /* of the pattern that is being matched */
	size_t at; /* in the subject, where it called back last */
	int64_t units; /* that the match may still take */
	uint32_t most; /* that any match may take */
};

#define TT_SIGNATURE_PCRE_NONE  (-1) /* no match */
#define TT_SIGNATURE_PCRE_LIMIT (-2) /* a limit was met */

/*
 * Compiles; options: PCRE2_… of the rule. literal_escapes: an escape that PCRE2 does not know is its
 * letter. Returns 0, -ENOMEM, or -EINVAL with err's why filled.
 */
int tt_signature_pcre_compile(struct tt_signature_regex **regex, const char *pattern,
		uint32_t options, bool literal_escapes,
		struct tt_error *err) TT_MUST_CHECK;
void tt_signature_pcre_free(struct tt_signature_regex *regex); /* NULL is allowed */

/* most: units that any match may take. p must not move from then on. Returns 0 or -ENOMEM. */
int tt_signature_pcre_init(struct tt_signature_pcre *p, uint32_t most) TT_MUST_CHECK;
void tt_signature_pcre_fini(struct tt_signature_pcre *p);

/*
 * What it costs to find the places of n bytes at which a match may begin, in bytes at which one may: fewer
 * where it begins with a certain byte or only at the first, and the others are passed over, for this byte and
 * for one that must come later.
 */
uint32_t tt_signature_pcre_starts(const struct tt_signature_regex *regex, uint32_t n);

/*
 * Searches b[n] from `from` on. *units: what it may take, if that is less than
 * what any match may; what it took is subtracted, and may be a little more. Returns where the match ends, with *start filled, or one of the two above.
 */
int64_t tt_signature_pcre_match(struct tt_signature_pcre *p,
		const struct tt_signature_regex *regex, const uint8_t *b, uint32_t n,
		uint32_t from, int64_t *units, uint32_t *start);

/*
 * How many bytes the item of a pattern's text[n] may pass over and fail, so that PCRE2 does not call
 * back behind them: 0 for one byte or none, UINT16_MAX for any number. "a{900}" may do so, "a+" does
 * not: what it passed over, it matched.
 */
uint16_t tt_signature_pcre_reach(const char *text, size_t n);

#endif
