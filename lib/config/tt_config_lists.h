/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef TT_CONFIG_LISTS_H
#define TT_CONFIG_LISTS_H

#include "tt_error.h"

struct tt_config_text {
	uint8_t *bytes; /* [room], of which n are text; for free() */
	size_t n, room;
};

/*
 * Writes a YAML file anew with texts where options that take lists have lists of YAML: "rules: [a, b]"
 * becomes "rules: "a,b"". out->bytes is NULL where the file has none, or is no YAML. An option whose
 * value is a null of YAML ("asn: ~", or nothing but "asn:") is refused. Returns 0, or -EINVAL with the option in
 * err->where, -ENOMEM.
 */
int tt_config_flatten_lists(const uint8_t *bytes, size_t n, struct tt_config_text *out,
		struct tt_error *err) TT_MUST_CHECK;

#endif
