/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_chart.h"
#include "tt_chart_private.h"

#include <errno.h>

int
tt_chart(const struct tt_doc_figure *figure, const struct tt_locale *locale, FILE *out)
{
	static int (*const draw[])(const struct tt_chart *) = {
			[TT_FIGURE_SHARES] = tt_chart_shares,
			[TT_FIGURE_SERIES] = tt_chart_lines,
			[TT_FIGURE_STACKED] = tt_chart_columns,
			[TT_FIGURE_COMPARED] = tt_chart_compared,
	};
	const struct tt_chart chart = {figure, locale, out};
	int rc = draw[figure->kind](&chart);

	if (rc == 0 && ferror(out))
		rc = -EIO;
	return rc;
}
