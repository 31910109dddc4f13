/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which of the packets that match a counting rule are detections: threshold and detection_filter, as
 * the engines do it. A window begins with the first packet that matches and lies past the window
 * before it; it lasts `seconds`, its end included. Packets of one tracked address may come in
 * groups, a second apart or more: of a group, the time of its first packet decides in which window it
 * is. Pure but for the caller's structs.
 */
#ifndef TT_WINDOW_H
#define TT_WINDOW_H

#include "tt_rule.h"

struct tt_window {
	int64_t start_us;
	uint64_t count; /* packets, or distinct values, since then */
	bool open;
};

/* The last microsecond of an open window. */
int64_t tt_window_end_us(const struct tt_window *w, const struct tt_rule_count *rule);

/* Is a packet of that time past the window, or is there none? Then a new one begins with it. */
bool tt_window_turn(
		struct tt_window *w, const struct tt_rule_count *rule, int64_t time_us);

/* Adds packets to the window; returns how many of them are detections. */
uint64_t tt_window_add(
		struct tt_window *w, const struct tt_rule_count *rule, uint64_t packets);

/* The same for a rule that counts distinct values: is the packets' value new in the window? */
uint64_t tt_window_add_value(struct tt_window *w, const struct tt_rule_count *rule,
		uint64_t packets, bool is_new);

#endif
