/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames for the check of measures: of all kinds that are decoded, whole, damaged, and cut off at
 * every byte. Each lies right before a page that must not be read.
 */
#ifndef MEASURES_FRAMES_H
#define MEASURES_FRAMES_H

#include "tt_capfile.h"
#include "tt_tally.h"

/* Memory for a burst of frames: each has a page and the forbidden one after it. */
struct frame_pages {
	uint8_t *pages; /* [TT_TALLY_BURST][2][page] */
	size_t page;
};

void frame_pages_init(struct frame_pages *p);
void frame_pages_fini(struct frame_pages *p);

#define FRAME_MAX 1500

/* A frame before it is put anywhere. */
struct frame_bytes {
	uint8_t bytes[FRAME_MAX];
	unsigned n;
	uint16_t link;
};

/* Draws a frame; see measures_input.h for the numbers. One in four is damaged. */
void frame_draw(struct frame_bytes *f);

/* Puts the first `captured` bytes of a frame at the end of page i. */
struct tt_frame frame_put(const struct frame_pages *p, unsigned i,
		const struct frame_bytes *f, unsigned captured, int64_t time_us);

/* Rules that read whatever there is to read of a frame. */
extern const char *const frame_rules;

#endif
