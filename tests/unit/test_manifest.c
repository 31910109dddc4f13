/* SPDX-License-Identifier: BSD-3-Clause */
/* Manifests that no snapshot has, or not this one. */
#include "snapshot_forge.h"
#include "verify_bed.h"

/* Writes a manifest whose own hash is right. Returns how many files are damaged then. */
static int
forge(const struct tt_manifest *manifest)
{
	char path[256];

	forge_manifest_at(bed_path(&bed, BED_START, NULL, path), manifest);
	return verify(BED_START);
}

static void
a_forged_manifest_disagrees_with_the_data(void **state)
{
	struct tt_snapshot *snapshot;
	struct tt_manifest m;

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	snapshot = bed_open_snapshot(&bed, BED_START);
	m = snapshot->manifest;
	assert_int_equal(forge(&m), 0);
	m.packets++;
	assert_true(forge(&m) >= 1);
	m = snapshot->manifest;
	m.targets++;
	assert_true(forge(&m) >= 1);
	m = snapshot->manifest;
	m.observed_us--;
	assert_int_equal(forge(&m), 2);
	assert_string_equal(damage, "interval.parquet\ncoverage.parquet\n");
	m = snapshot->manifest;
	m.geo[0] = 'N';
	assert_int_equal(forge(&m), TT_N_TABLES);
	m = snapshot->manifest;
	m.asn[0] = 'N';
	assert_int_equal(forge(&m), TT_N_TABLES);
	m = snapshot->manifest;
	m.fingerprints[0] = 'N';
	assert_int_equal(forge(&m), TT_N_TABLES);
	m = snapshot->manifest;
	m.destinations++;
	assert_int_equal(forge(&m), 2);
	assert_string_equal(damage, "interval.parquet\ndestinations.parquet\n");
	m = snapshot->manifest;
	m.sensor[0] = 'T';
	assert_int_equal(forge(&m), TT_N_TABLES);
	m = snapshot->manifest;
	m.ledger.missed++;
	assert_int_equal(forge(&m), 1);
	assert_string_equal(damage, "ledger.parquet\n");
	m = snapshot->manifest;
	m.ledger.not_kept[TT_LEDGER_TALKERS].keys++;
	assert_int_equal(forge(&m), 1);
	assert_string_equal(damage, "ledger.parquet\n");
	m = snapshot->manifest;
	m.files[TT_TABLE_SOURCES].rows--;
	assert_int_equal(forge(&m), 1);
	assert_string_equal(damage, "sources.parquet\n");
	tt_snapshot_close(snapshot);
}

static void
an_unknown_schema_version_is_refused_naming_both(void **state)
{
	struct tt_manifest manifest = {0};
	struct tt_error err = {0};
	char path[256], *text, *version;
	size_t n;

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	text = bed_read_file(bed_path(&bed, BED_START, TT_MANIFEST_FILE, path), &n);
	version = strstr(text, "\"schema_version\": 6");
	assert_non_null(version);
	version[strlen("\"schema_version\": ")] = '1';
	assert_int_equal(tt_manifest_parse(&manifest, text, n, "m", &err), -EBADMSG);
	assert_string_equal(
			err.why, "schema version 1; this program reads versions 4 to 6");
	version[strlen("\"schema_version\": ")] = '7';
	assert_int_equal(tt_manifest_parse(&manifest, text, n, "m", &err), -EBADMSG);
	assert_string_equal(
			err.why, "schema version 7; this program reads versions 4 to 6");
	free(text);
}

/* Names of directories and of time series are made of it. */
static void
a_manifest_whose_sensor_has_no_valid_name_is_refused(void **state)
{
	static const char *const names[] = {"../x", "a/b", "x 1\ny", "", "2026-11-22"};
	struct tt_snapshot *snapshot, *again;
	struct tt_error err = {0};
	char path[256];

	bed_write_ok(&bed, BED_START);
	bed_path(&bed, BED_START, NULL, path);
	assert_int_equal(tt_snapshot_open(&snapshot, path, &err), 0);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++) {
		strcpy(snapshot->manifest.sensor, names[i]);
		forge(&snapshot->manifest);
		assert_int_equal(tt_snapshot_open(&again, path, &err), -EBADMSG);
		assert_string_equal(err.why, "sensor: no sensor's name");
	}
	tt_snapshot_close(snapshot);
}

/* Manifests of earlier programs, and of files, do not have it. */
static void
how_long_there_was_no_link_is_read_as_it_was_written(void **state)
{
	struct tt_snapshot *snapshot;
	struct tt_manifest m;

	bed_count_some(&bed, BED_START);
	bed.link_down_us = 2500000;
	bed_write_ok(&bed, BED_START);
	bed.link_down_us = 0;
	snapshot = bed_open_snapshot(&bed, BED_START);
	m = snapshot->manifest;
	assert_int_equal(m.ledger.link_down_us, 2500000);
	assert_int_equal(forge(&m), 0);
	m.ledger.link_down_us = 0;
	assert_int_equal(forge(&m), 1);
	assert_string_equal(damage, "ledger.parquet\n");
	tt_snapshot_close(snapshot);
}

static void
a_manifest_with_a_rate_that_is_no_power_of_two_is_refused(void **state)
{
	static const int64_t rates[] = {3, INT64_C(1) << 33, INT64_MAX, 0, -4};
	struct tt_snapshot *snapshot = NULL, *again;
	struct tt_error err = {0};
	char path[256];

	bed_write_ok(&bed, BED_START);
	bed_path(&bed, BED_START, NULL, path);
	for (unsigned i = 0; i < 4 * TT_ARRAY_SIZE(rates); i++) {
		struct tt_manifest m;
		int64_t *const fields[] = {&m.sources_one_in, &m.contacts_one_in,
				&m.pair_rows_one_in, &m.contact_rows_one_in};

		assert_int_equal(tt_snapshot_open(&snapshot, path, &err), 0);
		m = snapshot->manifest;
		m.exact = i % 4 >= 2;
		m.pair_rows_one_in = m.contact_rows_one_in = INT64_C(1) << 32;
		*fields[i % 4] = rates[i / 4];
		forge(&m);
		assert_int_equal(tt_snapshot_open(&again, path, &err), -EBADMSG);
		assert_string_equal(err.why, "interval: contradicts itself");
		forge(&snapshot->manifest);
		tt_snapshot_close(snapshot);
	}
}

/* In one with signatures all the time, and as if it were merged of parts with signatures and parts without. */
static void
time_with_signatures_that_cannot_be_is_found(void **state)
{
	struct tt_snapshot *s;
	struct tt_manifest m;

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	s = bed_open_snapshot(&bed, BED_START);
	m = s->manifest;
	assert_true(m.loaded.told);
	assert_int_equal(m.loaded.observed_us, m.observed_us);
	assert_true(m.loaded.ipv4_us == m.ipv4_us);
	assert_int_equal(forge(&m), 0);
	m.loaded.told = false; /* as of an earlier program */
	assert_int_equal(forge(&m), 0);
	for (unsigned i = 0; i < 6; i++) {
		m = s->manifest;
		m.loaded.observed_us += i == 0 ? 1 : i == 1 ? -1 : 0;
		m.loaded.address_us += i == 2 ? 1 : i == 3 ? -(unsigned __int128)1 : 0;
		m.loaded.ipv4_us += i == 4 ? 1 : i == 5 ? -(unsigned __int128)1 : 0;
		assert_int_equal(forge(&m), 1);
		assert_string_equal(damage, "coverage.parquet\n");
	}
	tt_snapshot_close(s);
}

static void
time_with_signatures_is_read_as_it_was_written(void **state)
{
	static const char *const keys[] = {
			"\"observed_us\": ", "\"address_us\": \"", "\"ipv4_us\": \""};
	static char text[1 << 16];
	struct tt_manifest again = {0};
	struct tt_snapshot *s;
	char *json, *at;

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	s = bed_open_snapshot(&bed, BED_START);
	s->manifest.loaded = (struct tt_loaded){true, 12, (unsigned __int128)1 << 95, 34};
	json = tt_manifest_format(&s->manifest);
	assert_non_null(json);
	snprintf(text, sizeof(text), "%s", json);
	free(json);
	assert_int_equal(tt_manifest_parse(&again, text, strlen(text), "m", &bed.err), 0);
	assert_true(again.loaded.told);
	assert_int_equal(again.loaded.observed_us, 12);
	assert_true(again.loaded.address_us == (unsigned __int128)1 << 95);
	assert_int_equal(again.loaded.ipv4_us, 34);
	tt_manifest_fini(&again);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(keys); i++) {
		char was;

		at = strstr(strstr(text, "\"signatures_loaded\""), keys[i]);
		at += strlen(keys[i]);
		was = *at;
		*at = '-';
		assert_int_equal(tt_manifest_parse(&again, text, strlen(text), "m",
						 &bed.err),
				-EBADMSG);
		assert_string_equal(bed.err.why, "signatures_loaded: no time");
		*at = was;
	}
	tt_snapshot_close(s);
}

/* With another first digit of the number after a key. */
static void
assert_other_says_nothing(char *text, const char *key)
{
	char *at = strstr(text, key) + strlen(key), was = *at;

	*at = *at == '1' ? '2' : '1';
	assert_false(tt_manifest_says_merged(text, strlen(text)));
	*at = was;
	assert_true(tt_manifest_says_merged(text, strlen(text)));
}

static void
what_says_merged_unparsed_is_intact_and_of_this_version(void **state)
{
	struct tt_snapshot *s;
	char *text;

	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	s = bed_open_snapshot(&bed, BED_START);
	/* A name that has the words in it is no key. */
	snprintf(s->manifest.host, sizeof(s->manifest.host), "\n    \"merged\": true,\n");
	text = tt_manifest_format(&s->manifest);
	assert_false(tt_manifest_says_merged(text, strlen(text)));
	free(text);
	s->manifest.merged = true;
	text = tt_manifest_format(&s->manifest);
	assert_true(tt_manifest_says_merged(text, strlen(text)));
	assert_other_says_nothing(text, "\"packets\": ");
	free(text);
	s->manifest.schema = TT_SCHEMA_VERSION - 1;
	text = tt_manifest_format(&s->manifest);
	assert_false(tt_manifest_says_merged(text, strlen(text)));
	free(text);
	tt_snapshot_close(s);
}

int
main(void)
{
#define BEDDED(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
			BEDDED(a_forged_manifest_disagrees_with_the_data),
			BEDDED(how_long_there_was_no_link_is_read_as_it_was_written),
			BEDDED(a_manifest_with_a_rate_that_is_no_power_of_two_is_refused),
			BEDDED(time_with_signatures_that_cannot_be_is_found),
			BEDDED(time_with_signatures_is_read_as_it_was_written),
			BEDDED(what_says_merged_unparsed_is_intact_and_of_this_version),
			BEDDED(a_manifest_whose_sensor_has_no_valid_name_is_refused),
			BEDDED(an_unknown_schema_version_is_refused_naming_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
