/* SPDX-License-Identifier: BSD-3-Clause */
/* teitend's guard of its set-up: a signal is never lost, however close it comes to the end of the set-up, and never
 * hangs. Each case is a process of its own, which says by its status what became of the signal. */
#include "guard.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

enum {
	STOPPED,
	LOST,
	NO_GUARD
};

static volatile sig_atomic_t stopped;

static void
on_stop(int number)
{
	stopped = 1;
}

/* What teitend's main does at the end of its set-up, once *go is set. */
static void
set_up(const volatile int *go)
{
	struct tt_error err;
	sigset_t term;

	alarm(20);
	if (tt_guard_start(&err) != 0)
		_exit(NO_GUARD);
	while (*go == 0)
		sched_yield();
	if (*go == 2)
		for (;;)
			pause();
	tt_guard_end();
	signal(SIGTERM, on_stop);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	pthread_sigmask(SIG_UNBLOCK, &term, NULL);
	_exit(stopped ? STOPPED : LOST);
}

static int
status_of(pid_t pid, int options)
{
	int status;

	assert_int_equal(waitpid(pid, &status, options), pid);
	return status;
}

static pid_t
start(volatile int *go, int err)
{
	pid_t pid;

	*go = 0;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		dup2(err, STDERR_FILENO);
		closefrom(STDERR_FILENO + 1);
		set_up(go);
	}
	nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
	return pid;
}

static volatile int *
make_go(void)
{
	void *go = mmap(NULL, sizeof(int), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(go, MAP_FAILED);
	return go;
}

/* The process stands still while the signal comes and the set-up ends: both go on at once. */
static void
test_a_signal_as_the_set_up_ends(void **state)
{
	volatile int *go = make_go();
	const int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

	for (unsigned i = 0; i < 300; i++) {
		pid_t pid = start(go, null);
		int status;

		kill(pid, SIGSTOP);
		status_of(pid, WUNTRACED);
		kill(pid, SIGTERM);
		*go = 1;
		kill(pid, SIGCONT);
		status = status_of(pid, 0);
		assert_true((WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM)
				|| (WIFEXITED(status) && WEXITSTATUS(status) == STOPPED));
	}
	close(null);
}

/* Standard error is a pipe that nobody reads, then one that nobody can read. */
static void
test_nobody_reads_the_line(void **state)
{
	volatile int *go = make_go();
	char bytes[4096] = {0};
	int ends[2], status;

	for (unsigned gone = 0; gone < 2; gone++) {
		pid_t pid;

		assert_int_equal(pipe(ends), 0);
		fcntl(ends[1], F_SETFL, O_NONBLOCK);
		while (write(ends[1], bytes, sizeof(bytes)) > 0)
			;
		fcntl(ends[1], F_SETFL, 0);
		pid = start(go, ends[1]);
		*go = 2;
		if (gone)
			close(ends[0]);
		kill(pid, SIGTERM);
		status = status_of(pid, 0);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGTERM);
		close(ends[1]);
		if (!gone)
			close(ends[0]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(test_a_signal_as_the_set_up_ends),
			cmocka_unit_test(test_nobody_reads_the_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
