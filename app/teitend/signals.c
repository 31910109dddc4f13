/* SPDX-License-Identifier: BSD-3-Clause */
#include "signals.h"

#include "say.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

/* What sends a signal to a process and to its group, as timeout(1) does, sends it twice. */
#define SAME_SIGNAL_S 1

static volatile sig_atomic_t stop_asked, cut_asked, reload_asked;
/* SIGHUP came from the kernel, which hung up our terminal; from the leader of our session, a shell. */
static volatile sig_atomic_t hung_up, from_leader;
static bool had_terminal; /* that controls the session, at the start */
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
on_hangup(int number, siginfo_t *info, void *context)
{
	if (info->si_code == SI_KERNEL)
		hung_up = 1;
	else if (info->si_pid > 0 && info->si_pid == getsid(0))
		from_leader = 1;
	reload_asked = 1;
}

/* Has the session a terminal that controls it? It has none any more once that was closed. */
static bool
has_terminal(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
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
	const struct sigaction hangup = {
			.sa_sigaction = on_hangup, .sa_flags = SA_RESTART | SA_SIGINFO};
	struct sigaction hup;

	/* nohup(1) has it ignored, which is meant. */
	if (sigaction(SIGHUP, NULL, &hup) == 0 && hup.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &hangup, NULL);
	had_terminal = has_terminal();
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

/* Was it our terminal that was closed? The kernel tells the leader of the session and, when that ends,
 * whoever is in the foreground; a shell that is told tells its other jobs. */
static bool
is_terminal_gone(void)
{
	return hung_up || (from_leader && had_terminal && !has_terminal());
}

bool
tt_signals_take_reload(void)
{
	if (!reload_asked)
		return false;
	reload_asked = 0;
	if (!is_terminal_gone()) {
		from_leader = 0;
		return true;
	}
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
