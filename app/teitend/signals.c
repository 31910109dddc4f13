/* SPDX-License-Identifier: BSD-3-Clause */
#include "signals.h"

#include "say.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t stop_asked, cut_asked;

static void
on_stop(int number)
{
	static const char text[] = TT_PROGRAM
			": second signal: ended at once, what was not "
			"written is lost\n";

	if (stop_asked) {
		if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
			_exit(EXIT_FAILURE);
		_exit(EXIT_FAILURE);
	}
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
	sigaddset(&set, SIGUSR1);
	return set;
}

void
tt_signals_block(void)
{
	struct sigaction stop = {.sa_handler = on_stop}, cut = {.sa_handler = on_cut};
	sigset_t set = our_signals();

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
	bool asked = cut_asked != 0;

	cut_asked = 0;
	return asked;
}
