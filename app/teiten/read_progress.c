/* SPDX-License-Identifier: BSD-3-Clause */
#include "reading.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#define WIDTH 30

static bool shown;

static int64_t
now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Of the frames; while they are still being scanned, of the file. */
static double
share_done(const struct reading *r)
{
	uint64_t done = r->frames, total = r->frames_expected;

	if (total == 0)
		tt_capfile_progress(r->inputs[0].file, &done, &total);
	return done < total ? (double)done / (double)total : 1;
}

static void
draw(const struct reading *r, int64_t elapsed_ms)
{
	static const char bar[] = "##############################";
	double share = share_done(r);
	double rate = elapsed_ms > 0 ? (double)r->frames / (double)elapsed_ms / 1000 : 0;
	char of[32] = "";

	if (r->frames_expected > 0)
		snprintf(of, sizeof(of), " of %.1f", (double)r->frames_expected / 1e6);
	fprintf(stderr, "\r[%-*.*s] %3.0f %%  %.1f%s million frames, %.1f million/s  ",
			WIDTH, (int)(share * WIDTH), bar, share * 100,
			(double)r->frames / 1e6, of, rate);
	shown = true;
}

void
progress_show(const struct reading *r)
{
	static int64_t start_ms, next_ms;
	static int terminal = -1;
	static unsigned calls;
	int64_t now;

	if (terminal < 0) {
		terminal = isatty(STDERR_FILENO);
		start_ms = now_ms();
	}
	/* The clock is read once in 64 bursts. */
	if (!terminal || calls++ % 64 != 0)
		return;
	now = now_ms();
	if (now < next_ms)
		return;
	next_ms = now + 100;
	draw(r, now - start_ms);
}

void
progress_clear(void)
{
	if (shown)
		fprintf(stderr, "\r%*s\r", WIDTH + 60, "");
	shown = false;
}
