/* SPDX-License-Identifier: BSD-3-Clause */
/* Lines and the state: what is written when, and what happens where it cannot be. */
#include "watch.h"

#include <errno.h>
#include <string.h>

int
watch_tell_as(struct watching *w, uint64_t key, const struct tt_error *err)
{
	if (!tt_known_has(&w->wrong, key) && !tt_known_has(&w->wrong_now, key))
		tt_error_print(w->tool.name, err);
	w->status = EXIT_DATA;
	return tt_known_add_one(&w->wrong_now, key, 0);
}

int
watch_tell(struct watching *w, const struct tt_error *err)
{
	return watch_tell_as(w, watch_hash(err->where, strlen(err->where)), err);
}

/* Writes the state beside its place. Returns 1, 0 where that failed and was told, or -ENOMEM. */
static int
prepare(struct watching *w)
{
	struct tt_error err = {0};

	if (tt_watches_prepare(&w->watches, w->state_file, &err) == 0)
		return 1;
	/* By the name that was given. */
	snprintf(err.where, sizeof(err.where), "%s", w->state_path);
	return watch_tell(w, &err);
}

static int
commit(struct watching *w)
{
	struct tt_error err = {0};

	if (tt_watches_commit(w->state_file, &err) == 0) {
		w->changed = false;
		return 0;
	}
	snprintf(err.where, sizeof(err.where), "%s", w->state_path);
	return watch_tell(w, &err);
}

static int
flush(struct watching *w)
{
	struct tt_error err = {0};
	int ret = watch_out_flush(&w->out, &err);

	return ret == 0 || ret == -EPIPE || ret == -EINTR ? ret : watch_tell(w, &err);
}

int
watch_deliver(struct watching *w)
{
	bool has_state = w->state_path != NULL;
	int ret, prepared = 0;

	if (w->out.n == 0 && (!has_state || !w->changed))
		return 0;
	if (has_state && (prepared = prepare(w)) < 0)
		return prepared;
	if (has_state && prepared == 0 && !w->out.is_file)
		return 0;
	ret = flush(w);
	/* A state that has lines that nobody has would lose them. */
	if (ret != 0 || w->out.n > 0 || prepared == 0)
		return ret;
	return commit(w);
}
