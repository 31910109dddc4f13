/* SPDX-License-Identifier: BSD-3-Clause */
/* What earlier intervals saw, from one run to the next. */
#include "tt_setup.h"

#include <errno.h>
#include <time.h>

static int64_t
now_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * TT_US_PER_S + ts.tv_nsec / 1000;
}

int
tt_setup_load_recall(struct tt_setup *s, struct tt_error *err)
{
	struct tt_error why = {0};
	int ret = tt_recall_load(s->recall, s->recall_path, s->sensor, &why);

	s->recall_saved_us = now_us();
	if (ret == -ENOENT)
		return 0;
	if (ret != 0 && err != NULL)
		*err = why;
	return ret;
}

int
tt_setup_save_recall(struct tt_setup *s, struct tt_error *err)
{
	s->recall_saved_us = now_us();
	if (tt_recall_since_us(s->recall) == 0)
		return 0;
	return tt_recall_save(s->recall, s->recall_path, s->sensor, err);
}

int
tt_setup_save_recall_in_time(struct tt_setup *s, struct tt_error *err)
{
	if (now_us() - s->recall_saved_us < TT_SETUP_RECALL_SAVE_S * TT_US_PER_S)
		return 0;
	return tt_setup_save_recall(s, err);
}
