/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Finds places in a YAML file for messages: libcyaml tells what is wrong, but only the end of
 * the value before it, so the file is scanned once more with libyaml. For tt_config_load.
 */
#ifndef TT_CONFIG_PLACE_H
#define TT_CONFIG_PLACE_H

#include "tt_base.h"

struct tt_config_place {
	unsigned line, column; /* from 1; 0: not found */
	char problem[128]; /* libyaml's words if the file is no YAML, else "" */
};

/*
 * Finds the last occurrence of the key in the outermost mapping, or, for a key of NULL, the
 * place at which the file stops being YAML.
 */
struct tt_config_place tt_config_place_find(
		const uint8_t *bytes, size_t n, const char *key);

#endif
