/* SPDX-License-Identifier: BSD-3-Clause */
/* Rules → what a worker matches with; and a worker's own part. */
#include "tt_signature_private.h"

#include <errno.h>

#define VERIFICATIONS 64
#define STEPS         1024
#define PCRE_MATCHES  2000
#define SIMD_BITS     512 /* no processor has more */

/*
 * A list by destination port has the patterns of the rules for any port as well, so that a packet
 * needs one pass; unless that would mean more patterns than this in all.
 */
#define PATTERNS_TOGETHER 100000

void *
tt_signature_take(struct tt_signature_arena *arena, size_t n, size_t bytes)
{
	struct tt_signature_block *block;
	const size_t head = 64; /* keeps what is taken on a cache line */

	if (n > (SIZE_MAX - 2 * head) / (bytes == 0 ? 1 : bytes))
		return NULL;
	block = aligned_alloc(head, (head + n * bytes + head - 1) / head * head);
	if (block == NULL)
		return NULL;
	memset(block, 0, head + n * bytes);
	block->next = arena->blocks;
	arena->blocks = block;
	return (char *)block + head;
}

void
tt_signature_arena_fini(struct tt_signature_arena *arena)
{
	while (arena->blocks != NULL) {
		struct tt_signature_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
}

static uint32_t
or_default(uint32_t limit, uint32_t otherwise)
{
	return limit == 0 ? otherwise : limit;
}

static void
set_limits(struct tt_signatures *s, const struct tt_signature_limits *limits)
{
	if (limits != NULL)
		s->limits = *limits;
	s->limits.verifications = or_default(s->limits.verifications, VERIFICATIONS);
	s->limits.steps = or_default(s->limits.steps, STEPS);
	s->limits.simd_bits = or_default(s->limits.simd_bits, SIMD_BITS);
	s->limits.pcre_matches = or_default(s->limits.pcre_matches, PCRE_MATCHES);
	s->multi_pattern = !s->limits.plain && tt_signature_patterns_run();
}

static int
by_rank(const void *pa, const void *pb)
{
	const struct tt_signature_rule *a = pa, *b = pb;

	if (a->rule->flowbit_order != b->rule->flowbit_order)
		return a->rule->flowbit_order < b->rule->flowbit_order ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

static int
make_rules(struct tt_signatures *s, const struct tt_rules *rules, struct tt_error *err)
{
	int ret = 0;

	s->rules = tt_signature_take(&s->arena, rules->n + 1, sizeof(*s->rules));
	s->literals = tt_signature_take(&s->arena, rules->n + 1, sizeof(*s->literals));
	if (s->rules == NULL || s->literals == NULL)
		return -ENOMEM;
	for (; ret == 0 && s->n < rules->n; s->n++)
		ret = tt_signature_rule_init(
				&s->rules[s->n], &rules->rules[s->n], s->n, err);
	if (ret < 0)
		return ret;
	qsort(s->rules, s->n, sizeof(*s->rules), by_rank);
	s->in_order = true;
	for (uint32_t i = 0; i < s->n; i++) {
		s->in_order &= s->rules[i].index == i;
		if (s->multi_pattern)
			s->literals[i] = tt_signature_literal_of(s->rules[i].rule);
	}
	return tt_signature_know_contents(s);
}

static int
compile_list(struct tt_signatures *s, struct tt_signature_list *list,
		struct tt_error *err)
{
	if (list->n_searched == 0)
		return 0;
	return tt_signature_patterns_compile(
			s, &list->patterns, list->searched, list->n_searched, err);
}

/* With those of any port. A rule may be in both. */
static int
compile_together(struct tt_signatures *s, struct tt_signature_list *list,
		const struct tt_signature_list *any, struct tt_error *err)
{
	const uint32_t room = list->n_searched + any->n_searched;
	uint32_t *ranks = malloc(room * sizeof(*ranks));
	uint32_t n = 0, i = 0, k = 0;
	int ret;

	if (ranks == NULL)
		return -ENOMEM;
	while (i < list->n_searched || k < any->n_searched) {
		const uint32_t a = i < list->n_searched ? list->searched[i] : UINT32_MAX;
		const uint32_t b = k < any->n_searched ? any->searched[k] : UINT32_MAX;

		ranks[n++] = a < b ? a : b;
		i += a <= b;
		k += b <= a;
	}
	list->covers_any = true;
	ret = tt_signature_patterns_compile(s, &list->patterns, ranks, n, err);
	free(ranks);
	return ret;
}

static bool
together(const struct tt_signature_group *group)
{
	const struct tt_signature_side *side = &group->sides[TT_SIGNATURE_BY_DST];
	uint64_t sum = 0;

	for (uint32_t i = 1; i < side->n; i++)
		if (side->lists[i].n_searched != 0)
			sum += side->lists[i].n_searched + group->any.n_searched;
	return sum <= PATTERNS_TOGETHER && group->any.n_searched != 0;
}

static int
compile_group(struct tt_signatures *s, struct tt_signature_group *group,
		struct tt_error *err)
{
	const bool merge = together(group);
	int ret = compile_list(s, &group->any, err);

	for (unsigned k = 0; k < TT_SIGNATURE_N_SIDES; k++) {
		struct tt_signature_side *side = &group->sides[k];

		for (uint32_t i = 1; ret == 0 && i < side->n; i++)
			ret = k == TT_SIGNATURE_BY_DST && merge
							&& side->lists[i].n_searched != 0
					? compile_together(s, &side->lists[i],
							&group->any, err)
					: compile_list(s, &side->lists[i], err);
	}
	return ret;
}

int
tt_signatures_compile(struct tt_signatures **signatures, const struct tt_rules *rules,
		const struct tt_signature_limits *limits, struct tt_error *err)
{
	struct tt_signatures *s = aligned_alloc(
			TT_CACHE_LINE, sizeof(*s)); /* sieves are */
	int ret;

	*signatures = NULL;
	if (s == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "no memory for signatures");
	memset(s, 0, sizeof(*s));
	set_limits(s, limits);
	ret = make_rules(s, rules, err);
	if (ret == 0)
		ret = tt_signature_group_rules(s);
	for (unsigned i = 0; ret == 0 && i < TT_SIGNATURE_N_CLASSES; i++)
		ret = compile_group(s, &s->groups[i], err);
	if (ret < 0) {
		tt_signatures_free(s);
		return ret == -ENOMEM
				? tt_error_set(err, ret, NULL, "no memory for signatures")
				: ret;
	}
	*signatures = s;
	return 0;
}

/* Calls each() with every pass. Returns 0, or what each() returned first. */
static int
each_pass(const struct tt_signatures *s,
		int (*each)(const struct tt_signature_patterns *patterns, void *context),
		void *context)
{
	int ret = 0;

	for (unsigned g = 0; ret == 0 && g < TT_SIGNATURE_N_CLASSES; g++) {
		const struct tt_signature_group *group = &s->groups[g];

		ret = each(&group->any.patterns, context);
		for (unsigned k = 0; k < TT_SIGNATURE_N_SIDES; k++)
			for (uint32_t i = 1; ret == 0 && i < group->sides[k].n; i++)
				ret = each(&group->sides[k].lists[i].patterns, context);
	}
	return ret;
}

static int
free_pass(const struct tt_signature_patterns *patterns, void *context)
{
	struct tt_signature_patterns mine = *patterns;

	tt_signature_patterns_fini(&mine);
	return 0;
}

void
tt_signatures_free(struct tt_signatures *signatures)
{
	if (signatures == NULL)
		return;
	(void)each_pass(signatures, free_pass, NULL);
	for (uint32_t i = 0; i < signatures->n; i++)
		tt_signature_rule_fini(&signatures->rules[i]);
	tt_signature_arena_fini(&signatures->arena);
	free(signatures);
}

bool
tt_signatures_multi_pattern(const struct tt_signatures *signatures)
{
	return signatures->multi_pattern;
}

static int
room(const struct tt_signature_patterns *patterns, void *context)
{
	return tt_signature_patterns_room(patterns, context);
}

static int
take_scratch(struct tt_signature_scratch *s, const struct tt_signatures *signatures)
{
	const uint32_t words = signatures->n / 64 + 1;

	s->stride = 1;
	s->n_summary = words / 64 + 1;
	for (unsigned i = 0; i < TT_SIGNATURE_N_CLASSES; i++)
		if (signatures->groups[i].any.header.words > s->stride)
			s->stride = signatures->groups[i].any.header.words;
	s->candidates = calloc(words, sizeof(*s->candidates));
	s->summary = calloc(s->n_summary, sizeof(*s->summary));
	s->alive = calloc((size_t)TT_SIGNATURE_BURST * s->stride, sizeof(*s->alive));
	s->eval.memo = calloc(signatures->n_memos + 1, sizeof(*s->eval.memo));
	if (s->eval.memo == NULL || s->candidates == NULL || s->summary == NULL
			|| s->alive == NULL
			|| tt_signature_pcre_init(
					   &s->pcre, signatures->limits.pcre_matches)
					< 0)
		return -ENOMEM;
	return each_pass(signatures, room, &s->hs);
}

int
tt_signature_scratch_new(struct tt_signature_scratch **scratch,
		const struct tt_signatures *signatures)
{
	struct tt_signature_scratch *s = calloc(1, sizeof(*s));

	*scratch = NULL;
	if (s == NULL)
		return -ENOMEM;
	if (take_scratch(s, signatures) < 0) {
		tt_signature_scratch_free(s);
		return -ENOMEM;
	}
	*scratch = s;
	return 0;
}

void
tt_signature_scratch_free(struct tt_signature_scratch *scratch)
{
	if (scratch == NULL)
		return;
	tt_signature_patterns_leave(scratch->hs);
	tt_signature_pcre_fini(&scratch->pcre);
	free(scratch->candidates);
	free(scratch->summary);
	free(scratch->alive);
	free(scratch->eval.memo);
	free(scratch);
}
