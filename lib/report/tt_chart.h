/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A figure as inline SVG. No script, no style sheet: it stands alone but for the font. Series differ by
 * colour, and by hatching, dashes or markers; values that are unknown leave gaps, and spans where
 * all are unknown are shaded. Names that are too long are cut, with the whole name as a tooltip. What a
 * reader cannot see is in its <title> and <desc>. Any thread.
 */
#ifndef TT_CHART_H
#define TT_CHART_H

#include "tt_document.h"
#include "tt_locale.h"

/* Returns 0, -ENOMEM, or -EIO where out has an error. */
int tt_chart(const struct tt_doc_figure *figure, const struct tt_locale *locale,
		FILE *out) TT_MUST_CHECK;

#endif
