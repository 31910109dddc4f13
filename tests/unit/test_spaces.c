/* SPDX-License-Identifier: BSD-3-Clause */
/* Snapshots of spaces of other sizes, and what is merged of them: destinations that lie in one another. */
#include "draw.h"
#include "snapshot_forge.h"
#include "tt_compact.h"
#include "tt_compact_pack.h"
#include "tt_compact_sketches.h"
#include "tt_reached.h"

#define WIDE_SPACE   "192.0.0.0/8,2001:db8::/32" /* 4096 units: /20 and /44 */
#define MIDDLE_SPACE "192.0.0.0/18,2001:db8::/52" /* /24 and /64 */
#define SINGLE_SPACE "192.0.2.1,192.0.2.7,2001:db8::1"

/* A source sends to each address of 256 through three sizes of destinations, drawn by chance. */
static void
an_address_is_known_where_a_wider_destination_had_it(void **state)
{
	static const unsigned sizes[] = {8, 4, 2, 0};
	struct tt_reached r = {0};

	for (unsigned turn = 0; turn < 200; turn++) {
		bool has[TT_ARRAY_SIZE(sizes)][256], seen[256] = {0};
		unsigned sent = 0, expected = 0, n = 0;

		for (unsigned k = 0; k < TT_ARRAY_SIZE(sizes); k++)
			for (unsigned a = 0; a < 256; a++) {
				has[k][a] = draw(4) == 0;
				expected += has[k][a] && !seen[a];
				seen[a] |= has[k][a];
			}
		/* In order of address, then the wider. */
		for (unsigned a = 0; a < 256; a++)
			for (unsigned k = 0; k < TT_ARRAY_SIZE(sizes); k++) {
				bool entered = false;

				if (a % (1u << sizes[k]) != 0)
					continue;
				for (unsigned h = 0; h < 1u << sizes[k]; h++) {
					bool known;

					if (!has[k][a + h])
						continue;
					if (!entered)
						tt_reached_enter(&r, 0xc0000200 + a,
								sizes[k]);
					entered = true;
					assert_int_equal(
							tt_reached_add(&r,
									0xc0000200 + a + h,
									&known),
							0);
					n += !known;
					sent++;
				}
			}
		assert_true(sent > n);
		assert_int_equal(n, expected);
		tt_reached_end(&r);
	}
	tt_reached_fini(&r);
}

/* All addresses there are are one destination, and the last one another. */
static void
the_widest_and_the_last_destination_are_known_apart(void **state)
{
	struct tt_reached r = {0};
	bool known;

	tt_reached_enter(&r, 0, 32);
	assert_int_equal(tt_reached_add(&r, UINT32_MAX, &known), 0);
	assert_false(known);
	for (unsigned bits = 31; bits > 0; bits--) {
		tt_reached_enter(&r, UINT32_MAX << bits, bits);
		assert_int_equal(tt_reached_add(&r, UINT32_MAX - 1, &known), 0);
		assert_int_equal(known, bits < 31);
	}
	tt_reached_enter(&r, UINT32_MAX, 0);
	assert_int_equal(tt_reached_add(&r, UINT32_MAX, &known), 0);
	assert_true(known);
	tt_reached_fini(&r);
}

static void
destinations_that_lie_in_others_come_after_them(void **state)
{
	static const char *const texts[] = {"192.0.2.0", "2001:db8::", "192.0.2.0/24",
			"2001:db8::/64", "192.0.0.0/16", "192.0.2.0/30", "2001:db8::/32",
			"192.0.2.4"};
	static const char *const sorted[] = {"192.0.0.0/16", "192.0.2.0/24",
			"192.0.2.0/30", "192.0.2.0", "192.0.2.4", "2001:db8::/32",
			"2001:db8::/64", "2001:db8::"};
	struct tt_compact_units *units = calloc(1, sizeof(*units));
	uint32_t number, ranks[TT_ARRAY_SIZE(texts)];
	char text[TT_UNIT_TEXT_MAX];

	assert_non_null(units);
	tt_compact_units_init(units, 1);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(texts); i++)
		assert_int_equal(tt_compact_unit_of(units, texts[i], &number), 0);
	assert_int_equal(tt_compact_units_rank(units, ranks), 0);
	for (uint32_t i = 0; i < TT_ARRAY_SIZE(sorted); i++)
		assert_string_equal(tt_compact_unit_text(tt_compact_unit(units, i), text),
				sorted[i]);
	assert_true(tt_compact_units_nest(units));
	tt_compact_units_fini(units);
	tt_compact_units_init(units, 1);
	assert_false(tt_compact_units_nest(units));
	assert_int_equal(tt_compact_unit_of(units, "192.0.2.0/24", &number), 0);
	assert_int_equal(tt_compact_unit_of(units, "192.0.3.0", &number), 0);
	assert_int_equal(tt_compact_unit_of(units, "2001:db8::/64", &number), 0);
	assert_int_equal(tt_compact_unit_of(units, "2001:db8:0:1::", &number), 0);
	assert_int_equal(tt_compact_units_rank(units, ranks), 0);
	assert_false(tt_compact_units_nest(units));
	tt_compact_units_fini(units);
	free(units);
}

/* The addresses of a prefix begin with the one that it is written with. */
static void
a_destination_begins_with_its_address(void **state)
{
	static const char *const wrong[] = {"192.0.2.1/24", "192.0.2.0/22",
			"2001:db8::1/64", "::ffff:0:0/64", "0.0.0.1/0", "::1/0"};
	static const char *const right[] = {"192.0.2.0/24", "0.0.0.0/0", "::/0",
			"2001:db8::/128", "128.0.0.0/1", "2001:db8::8000:0:0:0/65"};
	struct tt_compact_unit unit;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(wrong); i++)
		assert_int_equal(tt_compact_unit_parse(wrong[i], &unit), -EINVAL);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(right); i++)
		assert_int_equal(tt_compact_unit_parse(right[i], &unit), 0);
}

struct space_bed {
	struct bed bed;
	struct bed_space space;
};

static void
count(struct bed *b, unsigned source, const char *to, int64_t start_us)
{
	struct tt_packet p = bed_tcp(source, 445, TT_TCP_SYN);

	assert_int_equal(tt_addr_parse(to, &p.dst), 0);
	if (!tt_addr_is_v4(p.dst)) {
		p.ip_version = 6;
		p.src.hi = UINT64_C(0x20010db9) << 32;
	}
	bed_packet(b, &p, start_us + source);
}

/* Writes the snapshot of a minute; every source sends to what of these is monitored. */
static void
write_space(struct space_bed *b, const char *monitored, int64_t start_us, char path[256])
{
	static const char *const to[] = {
			"192.0.2.1", "192.0.2.7", "2001:db8::1", "192.0.3.9"};
	struct tt_prefix_set set = {0};

	bed_space_init(&b->bed, &b->space, monitored);
	assert_int_equal(tt_prefix_set_parse(&set, monitored, NULL), 0);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(to); i++) {
		struct tt_addr addr;

		assert_int_equal(tt_addr_parse(to[i], &addr), 0);
		for (unsigned source = 1; source < 4; source++)
			if (tt_prefix_set_has(&set, addr))
				count(&b->bed, source, to[i], start_us);
	}
	tt_prefix_set_fini(&set);
	bed_write_ok(&b->bed, start_us);
	bed_path(&b->bed, start_us, NULL, path);
}

static char said[2048];
static struct tt_observed observed; /* of what was merged */

static void
note(void *context, const struct tt_error *err)
{
	const char *name = strrchr(err->where, '/');

	snprintf(said, sizeof(said), "%s: %s", name == NULL ? err->where : name + 1,
			err->why);
}

/* Merges minutes of these spaces, changes a table unless forge is NULL, and verifies; "" is said where nothing is wrong. */
static const char *
merge_spaces(const char *const *spaces, size_t n, enum tt_table table,
		const struct forge *forge)
{
	struct space_bed *beds = calloc(n, sizeof(*beds));
	char paths[4][256], to[256];
	const char *parts[] = {paths[0], paths[1], paths[2], paths[3]};
	const struct tt_compact_job job = {
			.parts = parts, .n_parts = n, .sensor = "tokyo-1"};
	struct tt_compact_result result;
	struct tt_snapshot *snapshot;
	struct tt_error err = {0};
	int dir;

	assert_non_null(beds);
	for (size_t i = 0; i < n; i++)
		write_space(&beds[i], spaces[i], BED_START + (int64_t)i * BED_MINUTE,
				paths[i]);
	snprintf(to, sizeof(to), "%s/.merged", beds[0].bed.dir);
	assert_int_equal(mkdir(to, 0755), 0);
	dir = open(to, O_RDONLY | O_DIRECTORY);
	if (tt_compact_merge(&job, dir, &result, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
	close(dir);
	assert_int_equal(tt_snapshot_open(&snapshot, to, &err), 0);
	if (forge != NULL)
		forge_table(snapshot, table, forge, 1);
	if (tt_snapshot_observed(snapshot, &observed, &err) != 0) {
		assert_non_null(strstr(err.where, snapshot->path));
		observed.us = -1;
	}
	tt_snapshot_close(snapshot);
	said[0] = '\0';
	assert_true(tt_snapshot_verify(to, note, NULL) >= 0);
	for (size_t i = 0; i < n; i++)
		bed_space_fini(&beds[i].bed, &beds[i].space);
	free(beds);
	return said;
}

static void
what_is_merged_of_several_spaces_is_intact(void **state)
{
	static const char *const spaces[] = {
			WIDE_SPACE, SINGLE_SPACE, MIDDLE_SPACE, WIDE_SPACE};

	assert_string_equal(merge_spaces(spaces, 1, TT_TABLE_INTERVAL, NULL), "");
	assert_string_equal(merge_spaces(spaces, 2, TT_TABLE_INTERVAL, NULL), "");
	assert_string_equal(merge_spaces(spaces, 4, TT_TABLE_INTERVAL, NULL), "");
}

/* Rows of destinations: 192.0.0.0/20, 192.0.2.0/24, 192.0.2.1, .7, 192.0.3.0/24; 2001:db8::/44, ::/64 and ::1. */
static void
rows_of_destinations_in_others_that_cannot_be_are_found(void **state)
{
	static const char *const spaces[] = {WIDE_SPACE, SINGLE_SPACE, MIDDLE_SPACE};
	static const struct {
		enum tt_table table;
		struct forge forge;
		const char *said;
	} all[] = {
			{TT_TABLE_DESTINATIONS, {1, FORGE_TWICE, 0, NULL},
					"destinations.parquet: row 3: not in order, or a row that is there twice"},
			{TT_TABLE_DESTINATIONS,
					{1, TT_DESTINATIONS_DESTINATION, 0,
							"192.0.0.0/16"},
					"destinations.parquet: row 2: not in order, or a row that is there twice"},
			{TT_TABLE_DESTINATIONS,
					{1, TT_DESTINATIONS_DESTINATION, 0,
							"192.0.3.0/24"},
					"destinations.parquet: row 3: not in order, or a row that is there twice"},
			{TT_TABLE_DESTINATIONS,
					{7, TT_DESTINATIONS_DESTINATION, 0,
							"2001:db8::/40"},
					"destinations.parquet: row 8: not in order, or a row that is there twice"},
			{TT_TABLE_DESTINATIONS,
					{4, TT_DESTINATIONS_DESTINATION, 0,
							"193.0.3.0/24"},
					"destinations.parquet: row 5: a destination that is not monitored"},
			{TT_TABLE_DESTINATIONS, {2, FORGE_DROP, 0, NULL},
					"destinations.parquet: packets of class tcp-syn: 30; targets.parquet says 33"},
			{TT_TABLE_DESTINATIONS,
					{2, TT_DESTINATIONS_DESTINATION, 0, "192.0.2.2"},
					"contacts.parquet: counts by destination: not as in destinations.parquet"},
			{TT_TABLE_CONTACTS, {1, TT_CONTACTS_HOST, -7, NULL},
					"contacts.parquet: row 2: not in order, or a row that is there twice"},
			{TT_TABLE_CONTACTS, {3, FORGE_TWICE, 0, NULL},
					"contacts.parquet: row 5: not in order, or a row that is there twice"},
			{TT_TABLE_SOURCES, {0, TT_SOURCES_DESTINATIONS, 1, NULL},
					"contacts.parquet: destinations by source: not as in sources.parquet"},
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(all); i++)
		assert_string_equal(merge_spaces(spaces, TT_ARRAY_SIZE(spaces),
						    all[i].table, &all[i].forge),
				all[i].said);
}

/* An interval tells all of its destinations apart: what lies in another is damage. */
static void
destinations_of_one_interval_do_not_lie_in_others(void **state)
{
	static const struct forge forge = {
			1, TT_DESTINATIONS_DESTINATION, 0, "192.0.2.0/25"};
	struct space_bed *b = calloc(1, sizeof(*b));
	struct tt_snapshot *snapshot;
	struct tt_error err = {0};
	char path[256];

	assert_non_null(b);
	write_space(b, MIDDLE_SPACE, BED_START, path);
	assert_int_equal(tt_snapshot_verify(path, note, NULL), 0);
	assert_int_equal(tt_snapshot_open(&snapshot, path, &err), 0);
	forge_table(snapshot, TT_TABLE_DESTINATIONS, &forge, 1);
	tt_snapshot_close(snapshot);
	assert_int_equal(tt_snapshot_verify(path, note, NULL), 1);
	assert_string_equal(said,
			"destinations.parquet: row 2: not in order, or a row that is there twice");
	bed_space_fini(&b->bed, &b->space);
	free(b);
}

/* The time of all addresses together is less. */
static void
minutes_of_several_spaces_were_observed_one_after_the_other(void **state)
{
	static const char *const spaces[] = {
			"192.0.0.0/18", "192.0.2.0/28", "192.0.2.0/24", "192.0.0.0/18"};
	static const struct forge forge = {0, TT_COVERAGE_OBSERVED_US, -1, NULL};
	static const struct forge wrong[] = {
			{1, TT_COVERAGE_OBSERVED_US, BED_MINUTE, NULL},
			{0, TT_COVERAGE_OBSERVED_FROM, -1, NULL},
			{1, TT_COVERAGE_OBSERVED_FROM, -1, NULL},
			{2, TT_COVERAGE_OBSERVED_UNTIL, 1, NULL},
			{0, TT_COVERAGE_OBSERVED_FROM, INT64_MIN, NULL}};

	assert_string_equal(merge_spaces(spaces, 4, TT_TABLE_COVERAGE, NULL), "");
	assert_int_equal(observed.us, 4 * BED_MINUTE);
	assert_int_equal(observed.least_addresses, 16);
	assert_string_equal(merge_spaces(spaces + 2, 2, TT_TABLE_COVERAGE, NULL), "");
	assert_int_equal(observed.us, 2 * BED_MINUTE);
	assert_int_equal(observed.least_addresses, 256);
	merge_spaces(spaces, 3, TT_TABLE_COVERAGE, &forge);
	assert_int_equal(observed.us, 3 * BED_MINUTE - 1);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(wrong); i++) {
		merge_spaces(spaces, 3, TT_TABLE_COVERAGE, &wrong[i]);
		assert_int_equal(observed.us, -1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					an_address_is_known_where_a_wider_destination_had_it),
			cmocka_unit_test(
					the_widest_and_the_last_destination_are_known_apart),
			cmocka_unit_test(destinations_that_lie_in_others_come_after_them),
			cmocka_unit_test(a_destination_begins_with_its_address),
			cmocka_unit_test(what_is_merged_of_several_spaces_is_intact),
			cmocka_unit_test(
					rows_of_destinations_in_others_that_cannot_be_are_found),
			cmocka_unit_test(
					destinations_of_one_interval_do_not_lie_in_others),
			cmocka_unit_test(
					minutes_of_several_spaces_were_observed_one_after_the_other),
	};

	draw_state = choose_seed();
	return cmocka_run_group_tests_name("spaces", tests, NULL, NULL);
}
