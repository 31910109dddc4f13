/* SPDX-License-Identifier: BSD-3-Clause */
/* The documents name every column of every table: as rows of a section with the table's name. */
#include "tt_schema.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COMMON 2 /* the columns that all tables have, explained once */

/* The text of a document; the caller frees it. */
static char *
read_document(const char *name)
{
	const char *root = getenv("TT_SOURCE_ROOT");
	char path[512], *text = NULL;
	size_t room = 0;
	FILE *in;

	snprintf(path, sizeof(path), "%s/docs/%s", root == NULL ? "." : root, name);
	in = fopen(path, "r");
	if (in == NULL)
		fail_msg("%s: %s", path, strerror(errno));
	assert_true(getdelim(&text, &room, '\0', in) > 0);
	fclose(in);
	return text;
}

/* The section that begins with "\n## NAME" and a mark; its end is cut off by a NUL. */
static char *
copy_section(const char *text, const char *name)
{
	char heading[64], *section, *end;
	const char *start;

	snprintf(heading, sizeof(heading), "\n## %s:", name);
	start = strstr(text, heading);
	if (start == NULL)
		return NULL;
	section = strdup(start + strlen(heading));
	end = strstr(section, "\n## ");
	if (end != NULL)
		*end = '\0';
	return section;
}

static unsigned
count_missing(const char *section, const struct tt_schema *schema, const char *document)
{
	unsigned missing = 0;

	for (unsigned c = COMMON; c < schema->n_columns; c++) {
		char row[128];

		snprintf(row, sizeof(row), "\n| `%s` |", schema->columns[c].name);
		if (strstr(section, row) == NULL) {
			print_message("# %s: %s.%s is missing\n", document, schema->name,
					schema->columns[c].name);
			missing++;
		}
	}
	return missing;
}

static void
check_document(const char *document)
{
	char *text = read_document(document);
	unsigned missing = 0;

	for (unsigned i = 0; i < TT_N_TABLES; i++) {
		const struct tt_schema *schema = tt_schema_of((enum tt_table)i);
		char *section = copy_section(text, schema->name);

		if (section == NULL) {
			print_message("# %s: no section of %s\n", document, schema->name);
			missing++;
			continue;
		}
		missing += count_missing(section, schema, document);
		free(section);
	}
	free(text);
	assert_int_equal(missing, 0);
}

static void
the_snapshot_format_has_every_column(void **state)
{
	check_document("snapshot-format.md");
}

static void
the_measures_have_every_column(void **state)
{
	check_document("measures.md");
}

static void
all_tables_begin_with_the_same_columns(void **state)
{
	for (unsigned i = 0; i < TT_N_TABLES; i++) {
		const struct tt_schema *schema = tt_schema_of((enum tt_table)i);

		assert_string_equal(schema->columns[TT_COLUMN_INTERVAL_START].name,
				"interval_start");
		assert_string_equal(schema->columns[TT_COLUMN_SENSOR].name, "sensor");
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(all_tables_begin_with_the_same_columns),
			cmocka_unit_test(the_snapshot_format_has_every_column),
			cmocka_unit_test(the_measures_have_every_column),
	};

	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
