/* SPDX-License-Identifier: BSD-3-Clause */
#include "progress.h"

#include <stdarg.h>
#include <time.h>
#include <unistd.h>

#define WIDTH 30

static int terminal = -1; /* -1: not looked at yet */
static int64_t start_ms, next_ms;
static bool shown;

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

void
progress_off(void)
{
	terminal = 0;
}

bool
progress_due(void)
{
	int64_t now;

	if (terminal == 0)
		return false;
	now = now_ms();
	if (terminal < 0) {
		terminal = isatty(STDERR_FILENO);
		start_ms = now;
	}
	if (terminal == 0 || now < next_ms)
		return false;
	next_ms = now + 100;
	return true;
}

double
progress_rate(uint64_t n)
{
	int64_t elapsed_ms = now_ms() - start_ms;

	return elapsed_ms > 0 ? (double)n / (double)elapsed_ms / 1000 : 0;
}

void
progress_draw(double share, const char *fmt, ...)
{
	static const char bar[] = "##############################";
	va_list args;

	fprintf(stderr, "\r[%-*.*s] %3.0f %%  ", WIDTH, (int)(share * WIDTH), bar,
			share * 100);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputs("  ", stderr);
	shown = true;
}

void
progress_clear(void)
{
	if (shown)
		fprintf(stderr, "\r%*s\r", WIDTH + 60, "");
	shown = false;
}
