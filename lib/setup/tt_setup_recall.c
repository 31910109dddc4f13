/* SPDX-License-Identifier: BSD-3-Clause */
/* What earlier intervals saw, from one run to the next. */
#include "tt_setup_private.h"
#include "tt_time.h"

#include <errno.h>

/* A memory that replays made has no secret; one is given to it as long as nothing was sampled. */
static int
check_secret(const struct tt_setup *s, uint64_t secret, struct tt_error *err)
{
	if (secret == 0 || tt_recall_secret(s->recall) != 0
			|| tt_recall_set_secret(s->recall, secret))
		return 0;
	return tt_error_set(err, -ESTALE, s->recall_path,
			"sampled without a secret, by a replay");
}

static void
start_anew(struct tt_setup *s, uint64_t secret)
{
	tt_recall_clear(s->recall);
	tt_recall_set_secret(s->recall, secret);
	s->tally.secret = secret;
}

int
tt_setup_load_recall(struct tt_setup *s, uint64_t secret, struct tt_error *err)
{
	struct tt_error why = {0};
	int ret = tt_recall_load(s->recall, s->recall_path, s->sensor, &why);

	s->recall_saved_us = tt_time_monotonic();
	if (ret == -ENOENT) {
		start_anew(s, secret);
		return 0;
	}
	if (ret == 0)
		ret = check_secret(s, secret, &why);
	if (ret == 0)
		ret = tt_setup_learn(s, &why);
	if (ret != 0)
		start_anew(s, secret);
	s->tally.secret = tt_recall_secret(s->recall);
	if (ret != 0 && err != NULL)
		*err = why;
	return ret;
}

int
tt_setup_save_recall(struct tt_setup *s, struct tt_error *err)
{
	s->recall_saved_us = tt_time_monotonic();
	if (tt_recall_since_us(s->recall) == 0)
		return 0;
	return tt_recall_save(s->recall, s->recall_path, s->sensor, err);
}

bool
tt_setup_recall_due(const struct tt_setup *s)
{
	return tt_time_monotonic() - s->recall_saved_us
			>= TT_SETUP_RECALL_SAVE_S * TT_US_PER_S;
}
