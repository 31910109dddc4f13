/* SPDX-License-Identifier: BSD-3-Clause */
/* Memory of a tally that is merged alone and goes back before its tables are cleared: the merge's own lists
 * can then be in the same pages. */
#include "tt_tally.h"

/* Does it pay? Of few contacts clearing their slots one by one is cheaper, when the tally is reset. */
static bool
has_many_contacts(const struct tt_tally *t)
{
	return !tt_tally_is_compact(t) && t->mem->discard != NULL
			&& t->n_contacts > (t->contact4_mask + 1) / 4;
}

void
tt_tally_discard_waiting(struct tt_tally *t)
{
	if (!has_many_contacts(t))
		return;
	tt_waiting_discard(t->waiting, t->mem);
	if (t->n_pairs > t->pair_lines.mask)
		tt_mem_discard(t->mem, t->pair_lines.lines,
				(t->pair_lines.mask + 1) * sizeof(*t->pair_lines.lines));
}

void
tt_tally_discard_contacts(struct tt_tally *t)
{
	if (!has_many_contacts(t) || t->n_contacts6 != 0)
		return;
	tt_mem_discard(t->mem, t->contact_lines,
			(t->contact4_mask + 1) / TT_CONTACT_WAYS
					* sizeof(*t->contact_lines));
	t->n_contacts = 0;
}
