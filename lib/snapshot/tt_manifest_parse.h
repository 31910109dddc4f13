/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files share that read a manifest (tt_manifest_parse in tt_manifest.h). */
#ifndef TT_MANIFEST_PARSE_H
#define TT_MANIFEST_PARSE_H

#include "tt_manifest.h"

#include <jansson.h>

/* What is being parsed, and the first thing that is wrong with it. */
struct tt_manifest_parse {
	struct tt_manifest *m;
	const char *path;
	struct tt_error *err;
};

/* Fills err: what of the manifest is wrong, and why. Returns -EBADMSG. */
int tt_manifest_wrong(
		const struct tt_manifest_parse *p, const char *what, const char *why);

/* Takes run.ledger. Returns 0 or -EBADMSG. */
int tt_manifest_take_ledger(
		const struct tt_manifest_parse *p, json_t *ledger) TT_MUST_CHECK;

#endif
