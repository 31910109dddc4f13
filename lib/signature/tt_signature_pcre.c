/* SPDX-License-Identifier: BSD-3-Clause */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "tt_signature_pcre.h"

#include <errno.h>
#include <pcre2.h>
#include <string.h>

#define JIT_STACK_BYTES (256 * 1024)
#define HEAP_LIMIT_KIB  1024
#define DEPTH_LIMIT     1000

static pcre2_compile_context *
context_of(bool literal_escapes)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);

	if (context != NULL && literal_escapes)
		pcre2_set_compile_extra_options(
				context, PCRE2_EXTRA_BAD_ESCAPE_IS_LITERAL);
	return context;
}

int
tt_signature_pcre_compile(struct pcre2_real_code_8 **code, const char *pattern,
		uint32_t options, bool literal_escapes, struct tt_error *err)
{
	pcre2_compile_context *context = context_of(literal_escapes);
	PCRE2_UCHAR text[256];
	PCRE2_SIZE at = 0;
	int error = PCRE2_ERROR_NOMEMORY;

	*code = context == NULL
			? NULL
			: pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
					options, &error, &at, context);
	pcre2_compile_context_free(context);
	if (*code == NULL) {
		pcre2_get_error_message(error, text, sizeof(text));
		return tt_error_set(err,
				error == PCRE2_ERROR_NOMEMORY ? -ENOMEM : -EINVAL, NULL,
				"pcre: %s at offset %zu", (const char *)text, (size_t)at);
	}
	/* Where there is no JIT, or it does not take this pattern, pcre2_match interprets it. */
	(void)pcre2_jit_compile(*code, PCRE2_JIT_COMPLETE);
	return 0;
}

void
tt_signature_pcre_free(struct pcre2_real_code_8 *code)
{
	pcre2_code_free(code);
}

int
tt_signature_pcre_init(struct tt_signature_pcre *p, uint32_t matches)
{
	memset(p, 0, sizeof(*p));
	p->match = pcre2_match_data_create(1, NULL);
	p->context = pcre2_match_context_create(NULL);
	p->stack = pcre2_jit_stack_create(JIT_STACK_BYTES, JIT_STACK_BYTES, NULL);
	if (p->match == NULL || p->context == NULL || p->stack == NULL) {
		tt_signature_pcre_fini(p);
		return -ENOMEM;
	}
	pcre2_set_match_limit(p->context, matches);
	pcre2_set_depth_limit(p->context, DEPTH_LIMIT);
	pcre2_set_heap_limit(p->context, HEAP_LIMIT_KIB);
	pcre2_jit_stack_assign(p->context, NULL, p->stack);
	return 0;
}

void
tt_signature_pcre_fini(struct tt_signature_pcre *p)
{
	pcre2_match_data_free(p->match);
	pcre2_match_context_free(p->context);
	pcre2_jit_stack_free(p->stack);
	memset(p, 0, sizeof(*p));
}

int64_t
tt_signature_pcre_match(struct tt_signature_pcre *p, const struct pcre2_real_code_8 *code,
		const uint8_t *b, uint32_t n, uint32_t from, uint32_t *start)
{
	const PCRE2_SIZE *ends;
	int ret = pcre2_match(code, b, n, from, 0, p->match, p->context);

	if (ret == PCRE2_ERROR_NOMATCH)
		return TT_SIGNATURE_PCRE_NONE;
	if (ret < 0)
		return TT_SIGNATURE_PCRE_LIMIT;
	ends = pcre2_get_ovector_pointer(p->match);
	*start = (uint32_t)ends[0];
	/* \K may put the start behind the end. */
	return (int64_t)(ends[1] > ends[0] ? ends[1] : ends[0]);
}
