/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rule for a sensor's name, which is the name of a directory beside days and snapshots, and
 * an option of both programs. Pure functions on the caller's text, any thread, no memory.
 */
#ifndef TT_SENSOR_H
#define TT_SENSOR_H

#include "tt_base.h"

#define TT_SENSOR_MAX 64 /* bytes of a sensor's name */

/* The rule in words, after "a sensor's name is". */
#define TT_SENSOR_RULE                                                                  \
	"1 to 64 letters, digits, '-', '_' or '.', does not start with '.', and reads " \
	"neither as a date (2026-11-22) nor as the name of a snapshot (20261122T225500Z)"

/* May a sensor be called so? */
bool tt_sensor_name_valid(const char *name);

#endif
