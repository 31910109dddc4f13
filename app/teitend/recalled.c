/* SPDX-License-Identifier: BSD-3-Clause */
#include "recalled.h"

#include "say.h"

void
tt_recalled_load(struct tt_daemon *d, uint64_t secret)
{
	struct tt_error why = {0};

	if (tt_setup_load_recall(&d->setup, secret, &why) != 0)
		tt_warn("%s: %s; what earlier intervals saw is not known", why.where,
				why.why);
}

void
tt_recalled_keep(struct tt_daemon *d)
{
	struct tt_error why = {0};
	bool failing = tt_setup_save_recall(&d->setup, &why) != 0;

	if (failing && !d->recall_failing)
		tt_warn("%s: %s; it is tried again every minute", why.where, why.why);
	d->recall_failing = failing;
}

void
tt_recalled_keep_last(struct tt_daemon *d, bool failed)
{
	struct tt_error why = {0};

	if (tt_setup_save_recall(&d->setup, &why) == 0 || failed)
		return;
	tt_warn("%s: %s; the next run will not know what this one saw", why.where,
			why.why);
	d->imperfect = true;
}
