/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is each row of ipv6_targets part of one of targets? Where pairs are sampled, nothing else tells whether packets are
 * with the target that they went to. Both are sorted alike, and read side by side.
 */
#include "tt_verify.h"

#include <errno.h>

_Static_assert((int)TT_IPV6_TARGETS_PROTOCOL == TT_TARGETS_PROTOCOL
				&& (int)TT_IPV6_TARGETS_BYTES == TT_TARGETS_BYTES,
		"the columns of ipv6_targets are the first of targets");

/* A table at one of its rows, the values of which were checked before. */
struct side {
	struct tt_parquet_reader *reader;
	int64_t row; /* from 1 */
	uint64_t key, of; /* of: backscatter and country */
	int64_t packets, bytes;
};

static int
open_side(struct side *side, const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_error *err)
{
	bool wanted[TT_CHECK_COLUMNS_MAX] = {0};
	int ret = tt_snapshot_table(snapshot, table, &side->reader, err);

	for (unsigned i = TT_TARGETS_PROTOCOL; i <= TT_TARGETS_BYTES; i++)
		wanted[i] = true;
	if (ret == 0)
		tt_parquet_select(side->reader, wanted);
	return ret;
}

static uint64_t
take_number(const struct side *side, unsigned column)
{
	return (uint64_t)tt_parquet_get_int(side->reader, column);
}

/* Returns 1, 0 after the last row that is told apart, or a negative errno with err filled. */
static int
move_on(struct side *s, struct tt_error *err)
{
	struct tt_target target = {0};
	enum tt_class class = TT_CLASS_OTHER;
	uint16_t country = 0;
	int more = tt_parquet_next(s->reader, err);

	if (more <= 0)
		return more;
	if (*tt_parquet_get_text(s->reader, TT_TARGETS_PROTOCOL) == '\0')
		return 0;
	s->row++;
	TT_ASSERT(tt_protocol_parse(tt_parquet_get_text(s->reader, TT_TARGETS_PROTOCOL),
				  &target.protocol)
					== 0
			&& tt_class_parse(tt_parquet_get_text(
							  s->reader, TT_TARGETS_CLASS),
					   &class)
					== 0
			&& tt_row_country_parse(tt_parquet_get_text(s->reader,
								TT_TARGETS_COUNTRY),
					   &country)
					== 0);
	target.number = (int32_t)take_number(s, TT_TARGETS_TARGET);
	target.code = (uint8_t)take_number(s, TT_TARGETS_CODE);
	s->key = tt_target_key_make(target, class);
	s->of = take_number(s, TT_TARGETS_BACKSCATTER) << 16 | country;
	s->packets = (int64_t)take_number(s, TT_TARGETS_PACKETS);
	s->bytes = (int64_t)take_number(s, TT_TARGETS_BYTES);
	return 1;
}

static bool
is_before(const struct side *a, const struct side *b)
{
	return a->key != b->key ? a->key < b->key : a->of < b->of;
}

/* Goes through both, to the first row of ipv6 that is none of all, or more than that. Returns 1 at such a row, 0, or a
 * negative errno. */
static int
find_stray(struct side *ipv6, struct side *all, struct tt_error *err)
{
	int more = 1, ret;

	while ((ret = move_on(ipv6, err)) == 1) {
		while (more == 1 && (all->row == 0 || is_before(all, ipv6)))
			more = move_on(all, err);
		if (more < 0)
			return more;
		if (more == 0 || is_before(ipv6, all) || ipv6->packets > all->packets
				|| ipv6->bytes > all->bytes)
			return 1;
	}
	return ret;
}

int
tt_verify_ipv6_within(const struct tt_snapshot *snapshot, char why[TT_VERIFY_WHY_MAX],
		struct tt_error *err)
{
	struct side ipv6 = {0}, all = {0};
	int ret = open_side(&ipv6, snapshot, TT_TABLE_IPV6_TARGETS, err);

	if (ret == 0)
		ret = open_side(&all, snapshot, TT_TABLE_TARGETS, err);
	if (ret == 0)
		ret = find_stray(&ipv6, &all, err);
	if (ret == 1)
		snprintf(why, TT_VERIFY_WHY_MAX,
				"row %lld: more packets or bytes than %s has of it",
				(long long)ipv6.row,
				tt_schema_of(TT_TABLE_TARGETS)->file);
	tt_parquet_close(all.reader);
	tt_parquet_close(ipv6.reader);
	return ret;
}
