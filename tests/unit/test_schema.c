/* SPDX-License-Identifier: BSD-3-Clause */
/* The documents name every column of every table: as rows of a section with the table's name. What
 * is declared of sorting and merging is whole. */
#include "tt_roles.h"
#include "tt_sample.h"

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

static bool
is_sorted_by(const struct tt_roles *roles, unsigned column)
{
	for (unsigned i = 0; i < roles->n_sort; i++)
		if (roles->sort[i].column == column)
			return true;
	return false;
}

static void
rows_are_sorted_by_all_of_their_key(void **state)
{
	for (unsigned t = 0; t < TT_N_TABLES; t++) {
		const struct tt_schema *schema = tt_schema_of((enum tt_table)t);
		const struct tt_roles *roles = tt_roles_of((enum tt_table)t);

		for (unsigned c = 0; c < schema->n_columns; c++) {
			/* Only the first two are common, which is what no role is, too. */
			assert_int_equal(roles->columns[c] == TT_ROLE_COMMON, c < COMMON);
			if (roles->columns[c] == TT_ROLE_KEY)
				assert_true(is_sorted_by(roles, c));
		}
		assert_int_equal(roles->n_sort == 0, t == TT_TABLE_INTERVAL);
	}
}

/* Texts sum up nothing, and no sum is of 32 bits. */
static void
what_adds_up_is_of_64_bits(void **state)
{
	for (unsigned t = 0; t < TT_N_TABLES; t++) {
		const struct tt_schema *schema = tt_schema_of((enum tt_table)t);

		for (unsigned c = 0; c < schema->n_columns; c++)
			if (tt_roles_of((enum tt_table)t)->columns[c] == TT_ROLE_SUM)
				assert_int_equal(
						schema->columns[c].type, TT_COLUMN_INT64);
	}
}

static void
a_sample_is_named_by_a_hash_of_its_secret(void **state)
{
	char a[TT_SAMPLE_NAME_MAX], b[TT_SAMPLE_NAME_MAX];

	tt_sample_name(0, a);
	assert_string_equal(a, "public-2");
	assert_true(tt_sample_knows_sources(a) && tt_sample_knows_contacts(a));
	tt_sample_name(1, a);
	/* printf 'teiten sample 2 0000000000000001' | sha256sum */
	assert_string_equal(a, "912b5d58a6539894");
	assert_false(tt_sample_knows_sources(a) || tt_sample_knows_contacts(a));
	tt_sample_name(UINT64_C(1) << 63, b);
	assert_string_not_equal(a, b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(all_tables_begin_with_the_same_columns),
			cmocka_unit_test(the_snapshot_format_has_every_column),
			cmocka_unit_test(the_measures_have_every_column),
			cmocka_unit_test(rows_are_sorted_by_all_of_their_key),
			cmocka_unit_test(what_adds_up_is_of_64_bits),
			cmocka_unit_test(a_sample_is_named_by_a_hash_of_its_secret),
	};

	return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
