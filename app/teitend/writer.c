/* SPDX-License-Identifier: BSD-3-Clause */
#include "writer.h"

#include "tt_time.h"

#include <signal.h>
#include <string.h>
#include <time.h>

static void *
run(void *arg)
{
	struct tt_writer *w = arg;

	pthread_mutex_lock(&w->lock);
	for (;;) {
		while (w->state != TT_WRITER_BUSY && w->state != TT_WRITER_ENDED)
			pthread_cond_wait(&w->given, &w->lock);
		if (w->state == TT_WRITER_ENDED)
			break;
		pthread_mutex_unlock(&w->lock);
		w->rc = w->job(w->arg, &w->err);
		pthread_mutex_lock(&w->lock);
		w->state = TT_WRITER_DONE;
		pthread_cond_signal(&w->done);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

/* So that waiting does not depend on the wall clock. */
static void
init_done(struct tt_writer *w)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&w->done, &attr);
	pthread_condattr_destroy(&attr);
}

int
tt_writer_start(struct tt_writer *w, bool threaded, struct tt_error *err)
{
	sigset_t all, before;
	int rc;

	*w = (struct tt_writer){.threaded = threaded};
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->given, NULL);
	init_done(w);
	if (!threaded)
		return 0;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(&w->thread, NULL, run, w);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (rc == 0)
		return 0;
	w->threaded = false;
	return tt_error_set(err, -rc, NULL, "no thread to write with: %s", strerror(rc));
}

void
tt_writer_give(struct tt_writer *w, int (*job)(void *arg, struct tt_error *err),
		void *arg)
{
	TT_ASSERT(w->state == TT_WRITER_IDLE);
	w->job = job;
	w->arg = arg;
	w->err = (struct tt_error){0};
	if (!w->threaded) {
		w->rc = job(arg, &w->err);
		w->state = TT_WRITER_DONE;
		return;
	}
	pthread_mutex_lock(&w->lock);
	w->state = TT_WRITER_BUSY;
	pthread_cond_signal(&w->given);
	pthread_mutex_unlock(&w->lock);
}

bool
tt_writer_take(struct tt_writer *w, int *rc, struct tt_error *err)
{
	bool done;

	pthread_mutex_lock(&w->lock);
	done = w->state == TT_WRITER_DONE;
	if (done)
		w->state = TT_WRITER_IDLE;
	pthread_mutex_unlock(&w->lock);
	if (!done)
		return false;
	*rc = w->rc;
	*err = w->err;
	return true;
}

static struct timespec
in_us(int64_t us)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	us += ts.tv_nsec / 1000;
	ts.tv_sec += us / TT_US_PER_S;
	ts.tv_nsec = us % TT_US_PER_S * 1000;
	return ts;
}

void
tt_writer_wait(struct tt_writer *w, int64_t us)
{
	struct timespec until = in_us(us);

	pthread_mutex_lock(&w->lock);
	if (w->state != TT_WRITER_DONE)
		pthread_cond_timedwait(&w->done, &w->lock, &until);
	pthread_mutex_unlock(&w->lock);
}

bool
tt_writer_stop(struct tt_writer *w, int64_t us)
{
	struct timespec until = in_us(us);
	int rc = 0;

	if (!w->threaded)
		return true;
	pthread_mutex_lock(&w->lock);
	while (w->state == TT_WRITER_BUSY && rc == 0)
		rc = pthread_cond_timedwait(&w->done, &w->lock, &until);
	if (w->state == TT_WRITER_BUSY) {
		pthread_mutex_unlock(&w->lock);
		return false;
	}
	w->state = TT_WRITER_ENDED;
	pthread_cond_signal(&w->given);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	w->threaded = false;
	return true;
}
