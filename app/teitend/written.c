/* SPDX-License-Identifier: BSD-3-Clause */
#include "written.h"

void
tt_written_add(struct tt_written *w, int64_t start_us, uint64_t frames)
{
	TT_ASSERT(!tt_written_full(w));
	w->fresh[w->n_fresh++] = (struct tt_written_fresh){start_us, frames};
}

void
tt_written_part(struct tt_written *w, uint64_t frames)
{
	w->frames += frames;
}

void
tt_written_whole(struct tt_written *w, int64_t start_us)
{
	w->snapshots++;
	w->last_us = start_us;
}

/* spool: to be asked for each snapshot; NULL where all are there. */
static void
settle(struct tt_written *w, const struct tt_spool *spool)
{
	for (unsigned i = 0; i < w->n_fresh; i++) {
		if (spool != NULL && !tt_spool_has(spool, w->fresh[i].start_us))
			continue;
		w->snapshots++;
		w->frames += w->fresh[i].frames;
		w->last_us = w->fresh[i].start_us;
	}
	w->n_fresh = 0;
}

int
tt_written_flush(struct tt_written *w, struct tt_spool *spool, struct tt_error *err)
{
	int rc = tt_spool_flush(spool, err);

	if (rc == 0)
		settle(w, NULL);
	return rc;
}

int
tt_written_conclude(struct tt_written *w, struct tt_spool *spool, struct tt_error *err)
{
	int rc = tt_written_flush(w, spool, err);

	if (rc != 0)
		settle(w, spool);
	return rc;
}
