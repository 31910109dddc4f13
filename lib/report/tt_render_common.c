/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_locale_private.h"
#include "tt_render_private.h"

#include <string.h>

bool
tt_render_is_number(const struct tt_doc_table *table, size_t column)
{
	bool any = false;

	for (size_t i = 0; i < table->n_rows; i++) {
		enum tt_value_kind kind = table->rows[i].cells[column].kind;

		if (table->rows[i].hidden)
			continue;
		if (kind == TT_VALUE_TEXT || kind == TT_VALUE_DAY
				|| kind == TT_VALUE_TIME)
			return false;
		any = any || kind != TT_VALUE_BLANK;
	}
	return any;
}

size_t
tt_render_name_column(const struct tt_doc_table *table)
{
	for (size_t column = 0; column < table->n_columns; column++)
		for (size_t i = 0; i < table->n_rows && !table->columns[column].data_only;
				i++)
			if (table->rows[i].cells[column].kind == TT_VALUE_TEXT)
				return column;
	return 0;
}

size_t
tt_render_shown(const struct tt_doc_table *table)
{
	size_t n = table->n_rows;

	while (n > 0 && table->rows[n - 1].hidden)
		n--;
	return n;
}

/* The pattern with {1} in place of the argument. */
char *
tt_render_with(const struct tt_locale *locale, enum tt_word word, const char *arg,
		char *text, size_t size)
{
	const char *pattern = tt_locale_word(locale, word);
	const char *place = strstr(pattern, "{1}");

	text[0] = '\0';
	if (arg != NULL && arg[0] != '\0' && place != NULL)
		snprintf(text, size, "%.*s%s%s", (int)(place - pattern), pattern, arg,
				place + 3);
	tt_locale_trim(text, size);
	return text;
}
