/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A thread for what waits for the disk, so that the management core goes on collecting, obeying
 * signals and giving table sets back however long the disk takes. It does one job at a time. While
 * it does, the spool, the merge and the recall are the thread's; else they are the management
 * core's. The lock hands them over.
 *
 * It runs where the management core runs, which sleeps most of the time, and hears no signals.
 * Without a thread (replays, which lose nothing by waiting) a job is done where it is given.
 */
#ifndef TT_WRITER_H
#define TT_WRITER_H

#include "tt_error.h"

#include <pthread.h>

enum tt_writer_state {
	TT_WRITER_IDLE,
	TT_WRITER_BUSY,
	TT_WRITER_DONE, /* its result was not taken yet */
	TT_WRITER_ENDED
};

struct tt_writer {
	pthread_t thread;
	bool threaded;
	pthread_mutex_t lock; /* of the rest */
	pthread_cond_t given, done;
	enum tt_writer_state state;
	int (*job)(void *arg, struct tt_error *err);
	void *arg;
	int rc;
	struct tt_error err;
};

/* Returns 0 or a negative errno. */
int tt_writer_start(struct tt_writer *writer, bool threaded,
		struct tt_error *err) TT_MUST_CHECK;

/* Gives it a job; it must be idle. */
void tt_writer_give(struct tt_writer *writer, int (*job)(void *arg, struct tt_error *err),
		void *arg);

/* Is a job done? Then it is idle again, and *rc and *err are what the job returned. */
bool tt_writer_take(struct tt_writer *writer, int *rc, struct tt_error *err);

/* Sleeps so long, less if a job is done meanwhile. */
void tt_writer_wait(struct tt_writer *writer, int64_t us);

/* Ends the thread, once its job is done. Returns false where that takes longer: it is left alone
 * then, with what it uses. */
bool tt_writer_stop(struct tt_writer *writer, int64_t us);

#endif
