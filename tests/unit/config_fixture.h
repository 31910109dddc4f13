/* SPDX-License-Identifier: BSD-3-Clause */
/* What the tests of lib/config share: one file to load, short ways to set and to expect. */
#ifndef CONFIG_FIXTURE_H
#define CONFIG_FIXTURE_H

#include "tt_config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char path[] = "/tmp/test_config.XXXXXX";

static inline void
write_yaml(const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	fputs(text, out);
	assert_int_equal(fclose(out), 0);
}

static inline void
start(struct tt_config *config)
{
	assert_int_equal(tt_config_init(config, NULL), 0);
}

static inline void
expect_in(const struct tt_error *err, const char *where, const char *why)
{
	if (strstr(err->where, where) == NULL || strstr(err->why, why) == NULL)
		fail_msg("\"%s: %s\" lacks \"%s\" or \"%s\"", err->where, err->why, where,
				why);
	assert_null(strchr(err->why, '\n'));
}

static inline void
set(struct tt_config *config, const char *option, const char *value)
{
	struct tt_error err = {0};

	if (tt_config_set(config, option, value, &err) != 0)
		fail_msg("%s: %s", err.where, err.why);
}

static inline void
expect_same(const struct tt_config *a, const struct tt_config *b)
{
	const char *const left[] = {a->spool, a->sensor, a->monitored, a->geo, a->asn,
			a->fingerprints, a->eal, a->ports};
	const char *const right[] = {b->spool, b->sensor, b->monitored, b->geo, b->asn,
			b->fingerprints, b->eal, b->ports};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(left); i++)
		if (left[i] == NULL || right[i] == NULL)
			assert_ptr_equal(left[i], right[i]);
		else
			assert_string_equal(left[i], right[i]);
	assert_int_equal(a->interval_us, b->interval_us);
	assert_int_equal(a->max_gap_us, b->max_gap_us);
	assert_int_equal(a->pairs, b->pairs);
	assert_int_equal(a->table_memory, b->table_memory);
	assert_int_equal(a->source_ports, b->source_ports);
	assert_int_equal(a->talkers, b->talkers);
	assert_int_equal(a->sketch_rows, b->sketch_rows);
	assert_int_equal(a->pair_rows, b->pair_rows);
	assert_int_equal(a->contact_rows, b->contact_rows);
	assert_int_equal(a->remember_us, b->remember_us);
	assert_int_equal(a->pending_memory, b->pending_memory);
	assert_int_equal(a->checkpoint_us, b->checkpoint_us);
	assert_int_equal(a->remember_sources, b->remember_sources);
	assert_int_equal(a->table_sets, b->table_sets);
	assert_int_equal(a->exit_at_eof, b->exit_at_eof);
	assert_int_equal(a->rx_queues, b->rx_queues);
	assert_int_equal(a->rx_descriptors, b->rx_descriptors);
	assert_int_equal(a->mbufs, b->mbufs);
	assert_int_equal(a->burst, b->burst);
}

static inline void
make_complete(struct tt_config *config)
{
	start(config);
	set(config, "spool", "/var/spool/teiten");
	set(config, "monitored", "192.0.2.0/24");
	set(config, "sensor", "s");
	set(config, "geo", "none");
	set(config, "asn", "none");
	set(config, "fingerprints", "none");
}

static inline int
make_file(void **state)
{
	int fd = mkstemp(path);

	return fd < 0 ? -1 : close(fd);
}

static inline int
remove_file(void **state)
{
	return unlink(path);
}

#endif
