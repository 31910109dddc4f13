/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of `fingerprints`: one walk for each rule over the pairs with matching packets, which
 * tt_merge_targets picked and left in their order of (protocol, number), source.
 */
#include "tt_merge_rows.h"

/* The rows of one rule, protocol and number differ in their class. */
struct class_sum {
	struct tt_count count;
	uint64_t uniq;
	const struct tt_slot *last; /* the source that was counted last */
};

struct walk {
	unsigned rule;
	uint64_t number;
	uint64_t pair, sourceless; /* where it is */
	struct class_sum sums[TT_N_CLASSES];
};

static bool
has_rule(const struct tt_slot *s, unsigned rule)
{
	return (tt_detail_matched(s->detail) >> rule & 1) != 0;
}

static uint64_t
skip_other_pairs(const struct tt_merge_list *picked, uint64_t at, unsigned rule)
{
	while (at < picked->n && !has_rule(tt_merge_slot(picked, at), rule))
		at++;
	return at;
}

static uint64_t
of_rule(const struct walk *w, uint64_t number)
{
	return (uint64_t)w->rule << TT_MERGE_NUMBER_BITS | number;
}

/* The next (protocol, number) that has any; past the last there is no more than the rule's rest. */
static uint64_t
next_number(const struct tt_merge *m, const struct walk *w)
{
	uint64_t next = TT_MERGE_NUMBER_NONE, n;

	if (w->pair < m->scratch.n)
		next = m->scratch.items[w->pair].prefix >> TT_MERGE_PAIR_NUMBER;
	if (w->sourceless < m->fingerprints.n) {
		n = m->fingerprints.items[w->sourceless].prefix
				>> TT_MERGE_FINGERPRINT_NUMBER;
		if (n < of_rule(w, next))
			next = n & TT_MERGE_NUMBER_NONE;
	}
	return next;
}

static void
add_pairs(const struct tt_merge *m, struct walk *w)
{
	const struct tt_merge_list *list = &m->scratch;

	while (w->pair < list->n
			&& list->items[w->pair].prefix >> TT_MERGE_PAIR_NUMBER
					== w->number) {
		const struct tt_slot *s = list->items[w->pair].ref;
		struct class_sum *sum = &w->sums[tt_target_key_class(s->key)];

		tt_merge_add(&sum->count, s->count);
		sum->uniq += sum->last == NULL
				|| tt_addr_cmp(tt_slot_src(sum->last), tt_slot_src(s))
						!= 0;
		sum->last = s;
		w->pair = skip_other_pairs(list, w->pair + 1, w->rule);
	}
}

static void
add_sourceless(const struct tt_merge *m, struct walk *w)
{
	const struct tt_merge_list *list = &m->fingerprints;
	uint64_t n = tt_merge_run_length(list, w->sourceless, TT_MERGE_FINGERPRINT_NUMBER,
			of_rule(w, w->number));

	for (; n > 0; n--, w->sourceless++) {
		const struct tt_sort_item *item = &list->items[w->sourceless];
		const struct tt_count *count = item->ref;

		tt_merge_add(&w->sums[item->prefix & 0xf].count, *count);
	}
}

static int
emit_classes(struct tt_merge *m, struct walk *w)
{
	int ret = 0;

	for (unsigned class = 0; ret == 0 && class < TT_N_CLASSES; class ++) {
		struct class_sum *sum = &w->sums[class];
		struct tt_fingerprint_row row = {
				.rule = w->rule,
				.target = tt_merge_number_target(w->number),
				.class = (enum tt_class) class,
				.count = sum->count,
				.uniq_src_ip = sum->uniq << m->shift,
		};

		if (sum->count.packets != 0)
			ret = TT_MERGE_EMIT(m, fingerprint, &row);
		*sum = (struct class_sum){0};
	}
	return ret;
}

static int
emit_rest(struct tt_merge *m, struct walk *w)
{
	struct tt_fingerprint_row row = {.rule = w->rule, .rest = true};

	w->number = TT_MERGE_NUMBER_NONE;
	add_sourceless(m, w);
	row.count.packets = w->sums[0].count.packets;
	w->sums[0] = (struct class_sum){0};
	return row.count.packets == 0 ? 0 : TT_MERGE_EMIT(m, fingerprint, &row);
}

static int
walk_rule(struct tt_merge *m, struct walk *w)
{
	int ret = 0;

	w->pair = skip_other_pairs(&m->scratch, 0, w->rule);
	while (ret == 0) {
		w->number = next_number(m, w);
		if (w->number == TT_MERGE_NUMBER_NONE)
			return emit_rest(m, w);
		add_pairs(m, w);
		add_sourceless(m, w);
		ret = emit_classes(m, w);
	}
	return ret;
}

int
tt_merge_fingerprints(struct tt_merge *m)
{
	unsigned n = tt_fingerprints_count(m->config.fingerprints);
	struct walk w = {0};
	int ret = 0;

	if (m->sink->fingerprint == NULL)
		return 0;
	for (; ret == 0 && w.rule < n; w.rule++)
		ret = walk_rule(m, &w);
	return ret;
}
