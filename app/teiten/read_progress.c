/* SPDX-License-Identifier: BSD-3-Clause */
#include "reading.h"

/* Of the frames; while they are still being scanned, of the file. */
static double
share_done(const struct reading *r)
{
	uint64_t done = r->frames, total = r->frames_expected;

	if (total == 0)
		tt_capfile_progress(r->inputs[0].file, &done, &total);
	return done < total ? (double)done / (double)total : 1;
}

void
reading_show_progress(const struct reading *r)
{
	static unsigned calls;
	char of[32] = "";

	/* The clock is read once in 64 bursts. */
	if (calls++ % 64 != 0 || !progress_due())
		return;
	if (r->frames_expected > 0)
		snprintf(of, sizeof(of), " of %.1f", (double)r->frames_expected / 1e6);
	progress_draw(share_done(r), "%.1f%s million frames, %.1f million/s",
			(double)r->frames / 1e6, of, progress_rate(r->frames));
}
