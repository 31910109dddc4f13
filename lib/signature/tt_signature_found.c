/* SPDX-License-Identifier: BSD-3-Clause */
/* Candidates by what the payload has: found now, or when the same came before. */
#include "tt_signature_verify.h"

/* Marks what the payload has, by one pass of each list. */
static void
search(struct tt_signature_scratch *scratch, const struct tt_signature_group *group,
		const struct tt_signature_view *v,
		const uint32_t lists[TT_SIGNATURE_N_SIDES],
		struct tt_signature_repeat *repeat)
{
	bool any = group->any.patterns.db != NULL;

	for (unsigned k = 0; k < TT_SIGNATURE_N_SIDES; k++) {
		const struct tt_signature_list *list;

		if (lists[k] == 0)
			continue;
		list = &group->sides[k].lists[lists[k]];
		if (list->patterns.db == NULL)
			continue;
		tt_signature_patterns_scan(&list->patterns, scratch, v->payload, repeat);
		any &= !list->covers_any;
	}
	if (any)
		tt_signature_patterns_scan(
				&group->any.patterns, scratch, v->payload, repeat);
}

void
tt_signature_mark_found(struct tt_signature_scratch *scratch,
		const struct tt_signature_group *group,
		const uint32_t lists[TT_SIGNATURE_N_SIDES],
		struct tt_signature_verification *v)
{
	const struct tt_signature_view *view = v->eval->view;
	struct tt_signature_repeat *r = tt_signature_repeat_of(
			scratch->repeats, view, tt_signature_key(view));

	v->follows = r != NULL && tt_signature_repeat_is(r, view, lists);
	if (v->follows) {
		for (uint32_t i = 0; i < r->n_found; i++)
			tt_signature_mark(scratch, r->found[i]);
	} else {
		if (r != NULL && tt_signature_repeat_again(r, view))
			tt_signature_repeat_begin(r, view, tt_signature_key(view), lists);
		else
			r = NULL;
		search(scratch, group, view, lists, r);
	}
	v->repeat = r == NULL || r->n == 0 ? NULL : r;
}
