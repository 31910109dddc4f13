/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_export_private.h"

#include <errno.h>

bool
tt_export_reserve(struct tt_export_bytes *to, size_t n)
{
	size_t room = to->used + n;
	uint8_t *more;

	if (TT_LIKELY(room <= to->room))
		return true;
	room += room / 2;
	more = realloc(to->bytes, room);
	if (more == NULL)
		return false;
	to->bytes = more;
	to->room = room;
	return true;
}

void
tt_export_written_fini(struct tt_export_written *w)
{
	free(w->texts);
	free(w->bytes.bytes);
	free(w->time.bytes);
	*w = (struct tt_export_written){0};
}

bool
tt_export_written_begin(
		struct tt_export_written *w, const struct tt_parquet_values *values)
{
	if (w->room < values->n_texts) {
		free(w->texts);
		w->room = 0;
		w->texts = malloc(values->n_texts * sizeof(*w->texts));
		if (w->texts == NULL)
			return false;
		w->room = values->n_texts;
	}
	memset(w->texts, 0, values->n_texts * sizeof(*w->texts));
	w->bytes.used = 0;
	return true;
}

int
tt_export_put_text(struct tt_export *e, const struct tt_export_row *row, unsigned column,
		struct tt_error *err)
{
	struct tt_export_written *w = &e->written[column];
	uint32_t code = row->batch.columns[column].codes[row->at];

	if (TT_UNLIKELY(w->texts[code].n == 0)) {
		size_t at = w->bytes.used;

		if (!e->format->text(&w->bytes, tt_export_text(row, column))
				|| w->bytes.used > UINT32_MAX)
			return tt_error_set(err, -ENOMEM, e->out.path, "out of memory");
		w->texts[code].at = (uint32_t)at;
		w->texts[code].n = (uint32_t)(w->bytes.used - at);
	}
	tt_out_bytes(&e->out, w->bytes.bytes + w->texts[code].at, w->texts[code].n);
	return 0;
}

void
tt_export_put_time(struct tt_export *e, const struct tt_export_row *row, unsigned column,
		char quote)
{
	struct tt_export_written *w = &e->written[column];
	int64_t us = tt_export_int(row, column);

	if (TT_UNLIKELY(w->time.used == 0 || us != w->time_us)) {
		w->time.used = 0;
		if (!tt_export_reserve(&w->time, TT_OUT_TIME_MAX)) {
			tt_out_time(&e->out, us, quote);
			return;
		}
		w->time.used = tt_out_format_time((char *)w->time.bytes, us, quote);
		w->time_us = us;
	}
	tt_out_bytes(&e->out, w->time.bytes, w->time.used);
}
