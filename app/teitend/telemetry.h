/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What waits for the disk, told through DPDK's telemetry socket: command /teitend/spool. The
 * management core notes numbers once a second; the telemetry thread reads them, each by itself.
 */
#ifndef TT_TELEMETRY_H
#define TT_TELEMETRY_H

struct tt_output;

/* Once, before the first note. Where there is no telemetry nothing is told. */
void tt_telemetry_start(void);

void tt_telemetry_note(struct tt_output *output);

#endif
