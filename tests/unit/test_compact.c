/* SPDX-License-Identifier: BSD-3-Clause */
/* The pieces that merge snapshots: packed keys, stores, destinations, identities, names. */
#include "snapshot_forge.h"
#include "tt_compact_private.h"
#include "tt_compact_spool.h"
#include "tt_identities.h"
#include "tt_loaded.h"

#include <limits.h>

static const enum tt_store_op ops[] = {TT_STORE_SUM, TT_STORE_MIN, TT_STORE_MAX};

static void
add_rows(struct tt_store *s, const uint64_t *keys, unsigned n, int64_t value)
{
	struct tt_store_batch *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->n = n;
	for (unsigned i = 0; i < n; i++) {
		b->keys[0][i] = keys[i];
		b->keys[1][i] = ~keys[i];
		b->values[0][i] = b->values[1][i] = b->values[2][i] = value + i;
	}
	assert_int_equal(tt_store_locate(s, b), 0);
	tt_store_apply(s, b);
	free(b);
}

static void
equal_keys_become_one_row(void **state)
{
	const uint64_t up[] = {1, 2, 3, 4, 5}, down[] = {5, 4, 3, 2, 1, 9};
	struct tt_store s;
	const uint64_t *row;

	tt_store_init(&s, 2, ops, 3, 7);
	add_rows(&s, up, 5, 10);
	add_rows(&s, up, 5, 10);
	add_rows(&s, down, 6, 100);
	assert_int_equal(s.n, 6);
	row = tt_store_find(&s, (uint64_t[]){5, ~UINT64_C(5)});
	assert_non_null(row);
	assert_int_equal(row[2], 14 + 14 + 100);
	assert_int_equal(row[3], 14);
	assert_int_equal(row[4], 100);
	assert_null(tt_store_find(&s, (uint64_t[]){5, 5}));
	tt_store_fini(&s);
}

static bool
is_odd(const void *context, const uint64_t *row)
{
	return row[0] % 2 != 0;
}

static void
a_store_of_many_rows_grows_filters_and_sorts(void **state)
{
	const uint64_t n = 50000, factor = UINT64_C(0x9e3779b97f4a7c15);
	struct tt_sort_item *items = calloc(n, sizeof(*items));
	struct tt_sort_item *scratch = calloc(n, sizeof(*scratch));
	struct tt_store s;

	tt_store_init(&s, 2, ops, 3, 7);
	for (uint64_t i = 0; i < n; i += 1000) {
		uint64_t keys[1000];

		for (unsigned k = 0; k < 1000; k++)
			keys[k] = (i + k) * factor;
		add_rows(&s, keys, 1000, (int64_t)i);
	}
	assert_int_equal(s.n, n);
	tt_store_sort(&s, false, items, scratch);
	for (uint64_t i = 1; i < n; i++)
		assert_true(items[i - 1].prefix < items[i].prefix);
	tt_store_filter(&s, is_odd, NULL);
	assert_int_equal(s.n, n / 2);
	for (uint64_t i = 0; i < n; i++) {
		const uint64_t key[] = {i * factor, ~(i * factor)};
		const uint64_t *row = tt_store_find(&s, key);

		assert_int_equal(row != NULL, key[0] % 2 != 0);
		assert_true(row == NULL || row[2] == i);
	}
	tt_store_fini(&s);
	free(items);
	free(scratch);
}

static void
what_is_not_there_is_looked_up_in_vain(void **state)
{
	struct tt_store_batch *b = calloc(1, sizeof(*b));
	const uint64_t keys[] = {1, 2, 3};
	struct tt_store s;

	assert_non_null(b);
	b->n = 2;
	b->keys[0][0] = 2;
	b->keys[1][0] = ~UINT64_C(2);
	b->keys[0][1] = 4;
	tt_store_init(&s, 2, ops, 3, 7);
	tt_store_look_up(&s, b);
	assert_int_equal(b->at[0], TT_STORE_NOWHERE);
	add_rows(&s, keys, 3, 0);
	tt_store_look_up(&s, b);
	assert_int_equal(b->at[0], 1);
	assert_int_equal(b->at[1], TT_STORE_NOWHERE);
	assert_int_equal(s.n, 3);
	assert_int_equal(tt_store_add_missing(&s, b), 0);
	assert_int_equal(b->at[0], 1);
	assert_int_equal(b->at[1], 3);
	assert_int_equal(s.n, 4);
	tt_store_fini(&s);
	free(b);
}

/* Of a million rows in no order, with as many again between them that are not there. */
static void
rows_are_found_by_their_whole_key(void **state)
{
	const uint64_t n = 1000000, factor = UINT64_C(0x9e3779b97f4a7c15);
	struct tt_store s;

	tt_store_init(&s, 2, ops, 3, 7);
	tt_store_expect(&s, n / 2);
	assert_int_equal(s.room, n / 2);
	for (uint64_t i = 0; i < n; i += 1000) {
		uint64_t keys[1000];

		for (unsigned k = 0; k < 1000; k++)
			keys[k] = 2 * (i + k) * factor;
		add_rows(&s, keys, 1000, (int64_t)i);
	}
	assert_int_equal(s.n, n);
	for (uint64_t i = 0; i < 2 * n; i++) {
		const uint64_t key[] = {i * factor, ~(i * factor)};
		const uint64_t *row = tt_store_find(&s, key);

		assert_int_equal(row != NULL, i % 2 == 0);
		assert_true(row == NULL || row[2] == i / 2);
	}
	tt_store_fini(&s);
}

/* Fields must not overlap, and stand in the order of the sort. */
static void
keys_of_every_table_are_packed_in_order_of_the_sort(void **state)
{
	for (unsigned t = 0; t < TT_N_TABLES; t++) {
		uint64_t used[TT_STORE_KEYS + 1] = {0};
		unsigned before = 0;
		struct tt_layout l;

		if (t == TT_TABLE_INTERVAL || t == TT_TABLE_FINGERPRINT_RULES
				|| t == TT_TABLE_SKETCHES || t == TT_TABLE_COVERAGE
				|| t == TT_TABLE_LEDGER)
			continue;
		tt_layout_make(&l, (enum tt_table)t);
		for (unsigned i = 0; i < l.n_fields; i++) {
			const struct tt_field *f = &l.fields[i];
			uint64_t mask = ~UINT64_C(0) >> (64 - f->bits) << f->shift;
			unsigned place = f->word * 64u + 64 - f->shift - f->bits;

			assert_true(f->word < l.n_keys);
			assert_int_equal(used[f->word] & mask, 0);
			assert_true(i == 0 || place > before);
			used[f->word] |= mask;
			if (f->order == TT_ORDER_ADDRESS)
				used[f->word + 1] = ~UINT64_C(0);
			before = place;
		}
	}
}

static void
destinations_get_the_order_of_their_addresses(void **state)
{
	static const char *const texts[] = {"192.0.2.9", "2001:db8::/48", "10.0.1.0/24",
			"192.0.2.10", "10.0.0.0/24", "192.0.2.9"};
	static const char *const sorted[] = {"10.0.0.0/24", "10.0.1.0/24", "192.0.2.9",
			"192.0.2.10", "2001:db8::/48"};
	struct tt_compact_units *units = calloc(1, sizeof(*units));
	uint32_t number, ranks[8];
	char text[TT_UNIT_TEXT_MAX];

	assert_non_null(units);
	tt_compact_units_init(units, 1);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(texts); i++) {
		assert_int_equal(tt_compact_unit_of(units, texts[i], &number), 0);
		assert_int_equal(number, i < 5 ? i : 0);
	}
	assert_int_not_equal(tt_compact_unit_of(units, "192.0.2.0/33", &number), 0);
	assert_int_not_equal(tt_compact_unit_of(units, "192.0.2.256", &number), 0);
	assert_int_not_equal(tt_compact_unit_of(units, "", &number), 0);
	assert_int_equal(tt_compact_units_rank(units, ranks), 0);
	for (uint32_t i = 0; i < TT_ARRAY_SIZE(sorted); i++)
		assert_string_equal(tt_compact_unit_text(tt_compact_unit(units, i), text),
				sorted[i]);
	assert_int_equal(ranks[0], 2);
	assert_int_equal(ranks[1], 4);
	tt_compact_units_fini(units);
	free(units);
}

static void
identities_join_in_any_order(void **state)
{
	char a[256] = "geoip 2026", b[256] = "none", long_one[256];

	tt_identities_join(a, sizeof(a), "none");
	assert_string_equal(a, "geoip 2026 + none");
	tt_identities_join(b, sizeof(b), "geoip 2026");
	assert_string_equal(b, a);
	tt_identities_join(b, sizeof(b), a);
	assert_string_equal(b, a);
	memset(long_one, 'x', sizeof(long_one) - 1);
	long_one[sizeof(long_one) - 1] = '\0';
	tt_identities_join(a, sizeof(a), long_one);
	assert_string_equal(a, "mixed");
	tt_identities_join(b, sizeof(b), "mixed");
	assert_string_equal(b, "mixed");
}

static void
names_have_a_start_and_perhaps_an_end(void **state)
{
	char name[TT_SNAPSHOT_NAME_MAX];
	int64_t start, end;

	assert_int_equal(tt_snapshot_name_parse("20261122T220000Z", &start, &end), 0);
	assert_int_equal(end, 0);
	assert_int_equal(tt_snapshot_name_parse("20261122T220000Z--20261122T230000.5Z",
					 &start, &end),
			-EINVAL);
	assert_int_equal(tt_snapshot_name_parse("20261122T220000Z--20261122T230000Z",
					 &start, &end),
			0);
	assert_int_equal(end - start, 3600 * TT_US_PER_S);
	assert_string_equal(tt_snapshot_name_format(start, end, name),
			"20261122T220000Z--20261122T230000Z");
	assert_int_equal(tt_snapshot_name_parse("20261122T230000Z--20261122T220000Z",
					 &start, &end),
			-EINVAL);
	assert_false(tt_sensor_name_valid("20261122T220000Z--20261122T230000Z"));
	assert_true(tt_sensor_name_valid("a--b"));
}

static void
without_a_part_nothing_is_merged(void **state)
{
	static const char *const parts[] = {"/nowhere/at/all"};
	const struct tt_compact_job job = {.parts = parts, .n_parts = 1, .sensor = "s"};
	struct tt_compact_result result;
	struct tt_error err = {0};

	assert_int_equal(tt_compact_merge(&job, -1, &result, &err), -ENOENT);
	assert_string_equal(err.where, "/nowhere/at/all/manifest.json");
}

/* Merges the snapshots of two minutes, one of which says of a table what its manifest does not. */
static int
merge_forged(enum tt_table table, const struct forge *forge, struct tt_error *err)
{
	char paths[2][256], to[256];
	const char *parts[] = {paths[0], paths[1]};
	const struct tt_compact_job job = {
			.parts = parts, .n_parts = 2, .sensor = "tokyo-1"};
	struct tt_compact_result result;
	struct tt_snapshot *snapshot;
	struct bed bed;
	int dir, ret;

	bed_init(&bed);
	for (unsigned i = 0; i < 2; i++) {
		bed_count_all(&bed, BED_START + i * BED_MINUTE);
		bed_write_ok(&bed, BED_START + i * BED_MINUTE);
		bed_path(&bed, BED_START + i * BED_MINUTE, NULL, paths[i]);
	}
	assert_int_equal(tt_snapshot_open(&snapshot, paths[1], err), 0);
	if (forge != NULL)
		forge_table(snapshot, table, forge, 1);
	tt_snapshot_close(snapshot);
	snprintf(to, sizeof(to), "%s/to", bed.dir);
	assert_int_equal(mkdir(to, 0755), 0);
	dir = open(to, O_RDONLY | O_DIRECTORY);
	ret = tt_compact_merge(&job, dir, &result, err);
	close(dir);
	bed_fini(&bed);
	return ret;
}

static void
rows_that_do_not_add_up_to_the_manifests_are_refused(void **state)
{
	static const struct {
		enum tt_table table;
		struct forge forge;
		const char *why;
	} all[] = {
			{TT_TABLE_TARGETS, {0, TT_TARGETS_PACKETS, 1, NULL},
					"packets in"},
			{TT_TABLE_TARGETS, {0, TT_TARGETS_BYTES, -1, NULL}, "bytes in"},
			{TT_TABLE_COUNTRIES, {0, FORGE_DROP, 0, NULL}, "packets in"},
			{TT_TABLE_COUNTRIES, {0, TT_COUNTRIES_BACKSCATTER, 1, NULL},
					"packets of backscatter in"},
			{TT_TABLE_DESTINATIONS, {0, FORGE_TWICE, 0, NULL}, "packets in"},
	};
	struct tt_error err = {0};

	assert_int_equal(merge_forged(TT_TABLE_TARGETS, NULL, &err), 0);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(all); i++) {
		err = (struct tt_error){0};
		assert_int_equal(merge_forged(all[i].table, &all[i].forge, &err),
				-EBADMSG);
		assert_string_equal(err.where, tt_schema_of(all[i].table)->file);
		assert_non_null(strstr(err.why, all[i].why));
	}
}

static void
ids_of_parts_are_a_set(void **state)
{
	struct tt_part_ids set = {0}, parsed = {0};
	struct tt_manifest part = {.id = 7}, merged = {.id = 1};
	char *text;

	assert_int_equal(tt_part_ids_add(&set, 0xfedcba9876543210), 0);
	assert_int_equal(tt_part_ids_add(&set, 7), 0);
	assert_int_equal(tt_part_ids_add(&set, 7), 0);
	tt_part_ids_sort(&set);
	assert_int_equal(set.n, 2);
	assert_true(tt_part_ids_have(&set, &part));
	assert_int_equal(tt_part_ids_add(&merged.parts, 7), 0);
	assert_true(tt_part_ids_have(&set, &merged));
	assert_int_equal(tt_part_ids_add(&merged.parts, 8), 0);
	assert_false(tt_part_ids_have(&set, &merged));
	assert_true(tt_part_ids_have_any(&set, &merged));
	part.id = 1;
	assert_false(tt_part_ids_have_any(&set, &part));
	text = tt_part_ids_format(&set);
	assert_string_equal(text, "0000000000000007 fedcba9876543210");
	assert_int_equal(tt_part_ids_parse(&parsed, text), 0);
	assert_int_equal(parsed.n, 2);
	tt_part_ids_fini(&parsed);
	free(text);
	assert_int_equal(tt_part_ids_parse(&parsed, "0000000000000007 0000000000000007"),
			-EINVAL);
	tt_part_ids_fini(&parsed);
	assert_int_equal(tt_part_ids_parse(&parsed, "0000000000000007x"), -EINVAL);
	tt_part_ids_fini(&parsed);
	assert_int_equal(tt_part_ids_parse(&parsed, "00000007"), -EINVAL);
	tt_part_ids_fini(&parsed);
	tt_part_ids_fini(&merged.parts);
	tt_part_ids_fini(&set);
}

static void
sets_of_signatures_are_counted(void **state)
{
	static const struct {
		const char *name;
		unsigned n;
		bool without;
	} cases[] = {{"none", 0, true}, {"2 rules", 1, false},
			{"2 rules + none", 1, true}, {"1 rules + 2 rules", 2, false},
			{"mixed", UINT_MAX, true}, {"nonesuch", 1, false}};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(cases); i++) {
		bool without;

		assert_int_equal(tt_identities_sets(cases[i].name, &without), cases[i].n);
		assert_int_equal(without, cases[i].without);
	}
}

/* Sensors of 16 and of 256 addresses, 8 of the latter of IPv6, with signatures for 5 s and for 7 s. */
static void
time_with_signatures_adds_up_by_address(void **state)
{
	const struct tt_loaded parts[] = {{true, 5000000, 5 * 16000000, 5 * 16000000},
			{true, 7000000, 7 * 256000000u, 7 * 248000000}};
	struct tt_loaded sum = {.told = true};

	tt_loaded_add(&sum, &parts[0]);
	tt_loaded_add(&sum, &parts[1]);
	assert_true(sum.told);
	assert_int_equal(sum.observed_us, 12000000);
	assert_true(sum.address_us == 1872000000);
	assert_true(sum.ipv4_us == 1816000000);
	tt_loaded_add(&sum,
			&(struct tt_loaded){true, INT64_MAX, ~(unsigned __int128)0, 1});
	assert_int_equal(sum.observed_us, INT64_MAX);
	assert_true(sum.address_us == ~(unsigned __int128)0);
	assert_true(sum.ipv4_us == 1816000001);
	tt_loaded_add(&sum, &(struct tt_loaded){0});
	tt_loaded_add(&sum, &parts[0]);
	assert_false(sum.told);
	assert_int_equal(sum.observed_us, 0);
}

static void
time_with_signatures_follows_from_names_of_sets_that_all_parts_had(void **state)
{
	const struct tt_loaded all = {true, 5, 80, 80};

	assert_int_equal(tt_loaded_by_name("2 rules", false, &all).address_us, 80);
	assert_int_equal(tt_loaded_by_name("1 rules + 2 rules", false, &all).observed_us,
			5);
	assert_true(tt_loaded_by_name("none", false, &all).told);
	assert_int_equal(tt_loaded_by_name("none", false, &all).observed_us, 0);
	assert_false(tt_loaded_by_name("2 rules + none", false, &all).told);
	assert_false(tt_loaded_by_name("mixed", false, &all).told);
	assert_int_equal(tt_loaded_by_name("2 rules + none", true, &all).ipv4_us, 80);
}

static void
room_is_that_of_blocks(void **state)
{
	assert_int_equal(tt_compact_room(100, 8), 4096);
	assert_int_equal(tt_compact_room(1 << 20, 8),
			4096); /* compressed, or with holes */
	assert_int_equal(tt_compact_room(100, 0), 100); /* not told */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(room_is_that_of_blocks),
			cmocka_unit_test(equal_keys_become_one_row),
			cmocka_unit_test(a_store_of_many_rows_grows_filters_and_sorts),
			cmocka_unit_test(what_is_not_there_is_looked_up_in_vain),
			cmocka_unit_test(rows_are_found_by_their_whole_key),
			cmocka_unit_test(
					keys_of_every_table_are_packed_in_order_of_the_sort),
			cmocka_unit_test(destinations_get_the_order_of_their_addresses),
			cmocka_unit_test(identities_join_in_any_order),
			cmocka_unit_test(names_have_a_start_and_perhaps_an_end),
			cmocka_unit_test(without_a_part_nothing_is_merged),
			cmocka_unit_test(
					rows_that_do_not_add_up_to_the_manifests_are_refused),
			cmocka_unit_test(ids_of_parts_are_a_set),
			cmocka_unit_test(sets_of_signatures_are_counted),
			cmocka_unit_test(time_with_signatures_adds_up_by_address),
			cmocka_unit_test(
					time_with_signatures_follows_from_names_of_sets_that_all_parts_had),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
