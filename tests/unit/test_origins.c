/* SPDX-License-Identifier: BSD-3-Clause */
/* The rankings of countries and networks, of snapshots made by hand. */
#include "snapshot_bed.h"
#include "tt_origins.h"

static struct bed bed;

static int
setup(void **state)
{
	bed_init(&bed);
	return 0;
}

static int
teardown(void **state)
{
	bed_fini(&bed);
	return 0;
}

/* 6 packets of 4 sources; and a minute later 10 of 5. */
static void
make_minutes(void)
{
	bed_count_some(&bed, BED_START);
	bed_write_ok(&bed, BED_START);
	tt_tally_reset(bed.tally);
	for (unsigned i = 0; i < 10; i++)
		bed_syn(&bed, i % 5, 23, BED_START + BED_MINUTE + i);
	bed_write_ok(&bed, BED_START + BED_MINUTE);
}

static int
add_minute(struct tt_origins *origins, unsigned minute, struct tt_error *err)
{
	struct tt_snapshot *s = bed_open_snapshot(&bed, BED_START + minute * BED_MINUTE);
	int ret = tt_origins_add(origins, s, err);

	tt_snapshot_close(s);
	return ret;
}

static void
make(struct tt_origins *origins, enum tt_origins_by by)
{
	struct tt_error err = {0};

	make_minutes();
	tt_origins_init(origins, by);
	for (unsigned i = 0; i < 2; i++)
		assert_int_equal(add_minute(origins, i, &err), 0);
	tt_origins_sort(origins);
}

static void
prints(const struct tt_origins *o, enum tt_ranking_format format, const char *wanted)
{
	char *printed = NULL;
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	tt_origins_print(o, 20, format, out);
	fclose(out);
	if (strstr(printed, wanted) == NULL)
		fail_msg("%s", printed);
	free(printed);
}

static void
countries_add_up(void **state)
{
	struct tt_origins o;

	make(&o, TT_ORIGINS_COUNTRIES);
	assert_int_equal(o.n, 1);
	assert_int_equal(o.all[0].packets, 16);
	assert_int_equal(o.all[0].max_uniq_src_ip, 5);
	assert_float_equal(
			tt_origins_rate(&o, &o.all[0]), 16 / (120.0 / 86400 * 256), 1e-9);
	prints(&o, TT_RANKING_CSV,
			"rank,country,packets,share,bytes,max_uniq_src_ip,packets_per_day_address,"
			"packets_per_day_sensor,sources_estimated,sources_at_least\r\n1,??,16,1.000000,");
	prints(&o, TT_RANKING_TEXT, "16 packets, 1 country\n");
	tt_origins_fini(&o);
}

static void
networks_add_up(void **state)
{
	struct tt_origins o;

	make(&o, TT_ORIGINS_NETWORKS);
	assert_int_equal(o.n, 1);
	assert_int_equal(o.all[0].packets, 16);
	assert_int_equal(o.all[0].max_uniq_src_ip, 5);
	assert_true(o.all[0].packets_stderr == 0);
	prints(&o, TT_RANKING_JSONL,
			"{\"rank\":1,\"asn\":0,\"packets\":16,\"packets_stderr\":0,\"share\":1.000000,");
	prints(&o, TT_RANKING_TEXT, "    1  unknown                  16 100.00%");
	tt_origins_fini(&o);
}

static void
of_one_class_there_is_that_class(void **state)
{
	struct tt_error err = {0};
	struct tt_origins o;

	make_minutes();
	tt_origins_init(&o, TT_ORIGINS_COUNTRIES);
	o.one_class = true;
	o.class = TT_CLASS_ICMP_ECHO_REQUEST;
	assert_int_equal(add_minute(&o, 0, &err), 0);
	assert_int_equal(add_minute(&o, 1, &err), 0);
	tt_origins_sort(&o);
	assert_int_equal(o.n, 1);
	assert_int_equal(o.packets, 1);
	assert_int_equal(o.all[0].max_uniq_src_ip, 1);
	assert_false(o.all[0].at_least);
	tt_origins_fini(&o);
}

/* One that ends too early. */
static void
a_damaged_snapshot_adds_nothing(void **state)
{
	static const char *const files[] = {"countries", "sources"};
	struct tt_snapshot *s;

	make_minutes();
	for (unsigned by = 0; by < 2; by++) {
		struct tt_error err = {0};
		struct tt_origins o;
		char path[512];

		s = bed_open_snapshot(&bed, BED_START);
		snprintf(path, sizeof(path), "%s/%s.parquet", s->path, files[by]);
		tt_snapshot_close(s);
		tt_origins_init(&o, (enum tt_origins_by)by);
		assert_int_equal(truncate(path, 100), 0);
		assert_int_not_equal(add_minute(&o, 0, &err), 0);
		assert_string_equal(err.where, path);
		assert_int_equal(add_minute(&o, 1, &err), 0);
		tt_origins_sort(&o);
		assert_int_equal(o.packets, 10);
		assert_int_equal(o.all[0].packets, 10);
		assert_int_equal(o.over.snapshots, 1);
		tt_origins_fini(&o);
	}
}

#define WITH_BED(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
			WITH_BED(countries_add_up),
			WITH_BED(networks_add_up),
			WITH_BED(of_one_class_there_is_that_class),
			WITH_BED(a_damaged_snapshot_adds_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
