/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What waits for the disk, and what the ledgers add up to, told through DPDK's telemetry socket:
 * commands /teitend/spool and /teitend/ledger. The management core notes numbers that it has anyway,
 * once a second; the telemetry thread reads them, each by itself.
 */
#ifndef TT_TELEMETRY_H
#define TT_TELEMETRY_H

struct tt_output;

/* Once, before the first note. Where there is no telemetry nothing is told. */
void tt_telemetry_start(void);

void tt_telemetry_note(struct tt_output *output);

#endif
