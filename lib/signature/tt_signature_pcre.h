/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * PCRE2, with its JIT where there is one, within limits. A worker's part is taken once; a match takes
 * no memory with the JIT (pcre2_match without it takes some at the first match and keeps it). For the
 * files of lib/signature only.
 */
#ifndef TT_SIGNATURE_PCRE_H
#define TT_SIGNATURE_PCRE_H

#include "tt_error.h"

struct pcre2_real_code_8;

/* What matching needs beside the code: one for each thread. */
struct tt_signature_pcre {
	struct pcre2_real_match_data_8 *match;
	struct pcre2_real_match_context_8 *context;
	struct pcre2_real_jit_stack_8 *stack;
};

#define TT_SIGNATURE_PCRE_NONE  (-1) /* no match */
#define TT_SIGNATURE_PCRE_LIMIT (-2) /* a limit was met */

/*
 * Compiles; options: PCRE2_… of the rule. literal_escapes: an escape that PCRE2 does not know is its
 * letter. Returns 0, -ENOMEM, or -EINVAL with err's why
 * filled.
 */
int tt_signature_pcre_compile(struct pcre2_real_code_8 **code, const char *pattern,
		uint32_t options, bool literal_escapes,
		struct tt_error *err) TT_MUST_CHECK;
void tt_signature_pcre_free(struct pcre2_real_code_8 *code);

/* matches: the match limit. Returns 0 or -ENOMEM. */
int tt_signature_pcre_init(struct tt_signature_pcre *p, uint32_t matches) TT_MUST_CHECK;
void tt_signature_pcre_fini(struct tt_signature_pcre *p);

/*
 * Searches b[n] from `from` on. Returns where the match ends, with *start filled, or one of the two
 * above.
 */
int64_t tt_signature_pcre_match(struct tt_signature_pcre *p,
		const struct pcre2_real_code_8 *code, const uint8_t *b, uint32_t n,
		uint32_t from, uint32_t *start);

#endif
