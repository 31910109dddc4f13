/* SPDX-License-Identifier: BSD-3-Clause */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "tt_signature_pcre.h"

#include <errno.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

#define JIT_STACK_BYTES (256 * 1024)
#define HEAP_LIMIT_KIB  1024
#define DEPTH_LIMIT     1000
#define REACH_A_UNIT    8 /* bytes */
#define PASSED_A_START  4 /* bytes that are passed over for what one costs */

struct tt_signature_regex {
	pcre2_code *code;
	bool few_starts; /* a match begins with a certain byte, or where the search does */
	uint16_t reach[]; /* by place in the pattern, of the item that begins there */
};

static pcre2_compile_context *
context_of(bool literal_escapes)
{
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);

	if (context != NULL && literal_escapes)
		pcre2_set_compile_extra_options(
				context, PCRE2_EXTRA_BAD_ESCAPE_IS_LITERAL);
	return context;
}

/* For PCRE2's enumeration of the places at which it calls back. */
struct filling {
	struct tt_signature_regex *regex;
	const char *pattern;
};

static int
fill_reach(pcre2_callout_enumerate_block *item, void *context)
{
	const struct filling *f = context;

	f->regex->reach[item->pattern_position] = tt_signature_pcre_reach(
			f->pattern + item->pattern_position, item->next_item_length);
	return 0;
}

static int
compile(pcre2_code **code, const char *pattern, uint32_t options, bool literal_escapes,
		struct tt_error *err)
{
	pcre2_compile_context *context = context_of(literal_escapes);
	PCRE2_UCHAR text[256];
	PCRE2_SIZE at = 0;
	int error = PCRE2_ERROR_NOMEMORY;

	*code = context == NULL
			? NULL
			: pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
					options | PCRE2_AUTO_CALLOUT, &error, &at,
					context);
	pcre2_compile_context_free(context);
	if (*code != NULL)
		return 0;
	pcre2_get_error_message(error, text, sizeof(text));
	return tt_error_set(err, error == PCRE2_ERROR_NOMEMORY ? -ENOMEM : -EINVAL, NULL,
			"pcre: %s at offset %zu", (const char *)text, (size_t)at);
}

/* What PCRE2 makes use of when it looks for the next place to begin at. */
static void
find_starts(struct tt_signature_regex *r)
{
	uint32_t options = 0, first = 0;

	(void)pcre2_pattern_info(r->code, PCRE2_INFO_ALLOPTIONS, &options);
	(void)pcre2_pattern_info(r->code, PCRE2_INFO_FIRSTCODETYPE, &first);
	r->few_starts = (options & PCRE2_ANCHORED) != 0 || first == 1;
}

int
tt_signature_pcre_compile(struct tt_signature_regex **regex, const char *pattern,
		uint32_t options, bool literal_escapes, struct tt_error *err)
{
	const size_t places = strlen(pattern) + 1;
	struct tt_signature_regex *r = calloc(
			1, sizeof(*r) + places * sizeof(r->reach[0]));
	struct filling filling = {r, pattern};
	int ret;

	*regex = NULL;
	if (r == NULL)
		return -ENOMEM;
	ret = compile(&r->code, pattern, options, literal_escapes, err);
	if (ret < 0) {
		free(r);
		return ret;
	}
	find_starts(r);
	(void)pcre2_callout_enumerate(r->code, fill_reach, &filling);
	/* Where there is no JIT, or it does not take this pattern, pcre2_match interprets it. */
	(void)pcre2_jit_compile(r->code, PCRE2_JIT_COMPLETE);
	*regex = r;
	return 0;
}

void
tt_signature_pcre_free(struct tt_signature_regex *regex)
{
	if (regex == NULL)
		return;
	pcre2_code_free(regex->code);
	free(regex);
}

uint32_t
tt_signature_pcre_starts(const struct tt_signature_regex *regex, uint32_t n)
{
	return regex->few_starts ? n / PASSED_A_START : n;
}

/* Before each item of the pattern that is tried. Ends the match where it has taken enough. */
static int
take_units(pcre2_callout_block *item, void *context)
{
	struct tt_signature_pcre *p = context;
	const size_t at = item->current_position, left = item->subject_length - at;
	const size_t reach = p->reach[item->pattern_position];
	const size_t passed = at > p->at ? at - p->at : 0;

	p->at = at;
	p->units -= 1 + (int64_t)(passed / REACH_A_UNIT)
			+ (int64_t)((reach < left ? reach : left) / REACH_A_UNIT);
	return p->units < 0 ? PCRE2_ERROR_CALLOUT : 0;
}

int
tt_signature_pcre_init(struct tt_signature_pcre *p, uint32_t most)
{
	memset(p, 0, sizeof(*p));
	p->most = most;
	p->match = pcre2_match_data_create(1, NULL);
	p->context = pcre2_match_context_create(NULL);
	p->stack = pcre2_jit_stack_create(JIT_STACK_BYTES, JIT_STACK_BYTES, NULL);
	if (p->match == NULL || p->context == NULL || p->stack == NULL) {
		tt_signature_pcre_fini(p);
		return -ENOMEM;
	}
	pcre2_set_callout(p->context, take_units, p);
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
tt_signature_pcre_match(struct tt_signature_pcre *p,
		const struct tt_signature_regex *regex, const uint8_t *b, uint32_t n,
		uint32_t from, int64_t *units, uint32_t *start)
{
	const int64_t may = *units < p->most ? *units : p->most;
	const PCRE2_SIZE *ends;
	int ret;

	p->reach = regex->reach;
	p->at = from;
	p->units = may;
	ret = pcre2_match(regex->code, b, n, from, 0, p->match, p->context);
	*units -= may - p->units;
	if (ret == PCRE2_ERROR_NOMATCH)
		return TT_SIGNATURE_PCRE_NONE;
	if (ret < 0)
		return TT_SIGNATURE_PCRE_LIMIT;
	ends = pcre2_get_ovector_pointer(p->match);
	*start = (uint32_t)ends[0];
	/* \K may put the start behind the end. */
	return (int64_t)(ends[1] > ends[0] ? ends[1] : ends[0]);
}
