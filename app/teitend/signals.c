/* SPDX-License-Identifier: BSD-3-Clause */
#include "signals.h"

#include "say.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* What sends a signal to a process and to its group, as timeout(1) does, sends it twice. */
#define SAME_SIGNAL_S 1

static volatile sig_atomic_t stop_asked, cut_asked;
static struct timespec stop_time; /* of the first one; read and written by the handler */

static void
on_stop(int number)
{
	static const char text[] = TT_PROGRAM
			": second signal: ended at once, what was not "
			"written is lost\n";

	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (stop_asked && now.tv_sec - stop_time.tv_sec <= SAME_SIGNAL_S)
		return;
	if (stop_asked) {
		if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
			_exit(EXIT_FAILURE);
		_exit(EXIT_FAILURE);
	}
	stop_time = now;
	stop_asked = 1;
}

static void
on_cut(int number)
{
	cut_asked = 1;
}

static sigset_t
our_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGUSR1);
	return set;
}

void
tt_signals_block(void)
{
	struct sigaction stop = {.sa_handler = on_stop}, cut = {.sa_handler = on_cut};
	struct sigaction hup;
	sigset_t set = our_signals();

	/* nohup(1) has it ignored, which is meant. */
	if (sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGUSR1, &cut, NULL);
	signal(SIGPIPE, SIG_IGN);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
}

void
tt_signals_unblock(void)
{
	sigset_t set = our_signals();

	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

bool
tt_signals_stop(void)
{
	return stop_asked != 0;
}

bool
tt_signals_take_cut(void)
{
	/* Cleared only where it was set, or a signal between the two would be lost. */
	if (!cut_asked)
		return false;
	cut_asked = 0;
	return true;
}
