/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Tags of YAML ("!!str", "!foo") say what a value is. Here all values are texts, of which the option says what they
 * are, and libyaml's documents do not tell a tag that was written from one that was put in: so none is taken. For
 * tt_config_load.
 */
#ifndef TT_CONFIG_TAGS_H
#define TT_CONFIG_TAGS_H

#include "tt_error.h"

/*
 * Looks at each node of a YAML file's first document, as far as that is YAML. Returns 0, or -EINVAL where one has a
 * tag: then err->where is "path:line", with the option behind it where the tag is in its value.
 */
int tt_config_refuse_tags(const uint8_t *bytes, size_t n, const char *path,
		struct tt_error *err) TT_MUST_CHECK;

#endif
