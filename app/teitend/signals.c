/* SPDX-License-Identifier: BSD-3-Clause */
#include "signals.h"

#include "say.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* What sends a signal to a process and to its group, as timeout(1) does, sends it twice. */
#define SAME_SIGNAL_S 1

#define STREAMS 3 /* standard input, output and error */

static volatile sig_atomic_t stop_asked, cut_asked, reload_asked;
static bool was_terminal[STREAMS]; /* at the start */
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

static void
on_hangup(int number)
{
	reload_asked = 1;
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
tt_signals_start(void)
{
	const struct sigaction cut = {.sa_handler = on_cut, .sa_flags = SA_RESTART};
	const struct sigaction hangup = {.sa_handler = on_hangup, .sa_flags = SA_RESTART};
	struct sigaction hup;

	/* nohup(1) has it ignored, which is meant. */
	if (sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &hangup, NULL);
	for (int fd = 0; fd < STREAMS; fd++)
		was_terminal[fd] = isatty(fd) == 1;
	sigaction(SIGUSR1, &cut, NULL);
}

void
tt_signals_block(void)
{
	const struct sigaction stop = {.sa_handler = on_stop};
	sigset_t set = our_signals();

	cut_asked = 0;
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
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

/* A terminal that was closed is none any more, for whoever has it open still. */
static bool
is_terminal_gone(void)
{
	for (int fd = 0; fd < STREAMS; fd++)
		if (was_terminal[fd] && isatty(fd) == 0)
			return true;
	return false;
}

bool
tt_signals_take_reload(void)
{
	if (!reload_asked)
		return false;
	reload_asked = 0;
	if (!is_terminal_gone())
		return true;
	clock_gettime(CLOCK_MONOTONIC, &stop_time);
	stop_asked = 1;
	return false;
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
