/* SPDX-License-Identifier: BSD-3-Clause */
/* The numbers of a figure as a table. Any thread. */
#ifndef TT_FIGURE_TABLE_H
#define TT_FIGURE_TABLE_H

#include "tt_document.h"
#include "tt_locale.h"

/* "item", "hour", "day" or "month". */
const char *tt_figure_axis_id(enum tt_axis_kind axis);

/* For programs: a row for each x, named by its id; columns are that of the axis and the ids
 * of the series, and "observed" where that matters. In the memory of scratch; NULL if there is none. */
struct tt_doc_table *tt_figure_table(
		const struct tt_doc_figure *figure, struct tt_document *scratch);

/* For readers: with labels and names in place of ids; a row for each series where there are more series
 * than places, and a column of what was observed where some place was in part. */
struct tt_doc_table *tt_figure_table_named(const struct tt_doc_figure *figure,
		const struct tt_locale *locale, struct tt_document *scratch);

#endif
