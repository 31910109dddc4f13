/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_cause_ipv6.h"
#include "tt_cause.h"

#include <errno.h>

static uint64_t
key_of(uint32_t of, uint16_t country, bool backscatter)
{
	return (uint64_t)of << 17 | (uint64_t)country << 1 | backscatter;
}

static int
take_row(void *context, const struct tt_picked *row, struct tt_error *err)
{
	struct tt_cause_ipv6 *x = context;
	int64_t packets = tt_picked_int(row, TT_IPV6_TARGETS_PACKETS);

	if (packets < 0)
		return tt_error_set(err, -EBADMSG, NULL, "a negative count");
	if (x->n == x->room) {
		size_t room = x->room == 0 ? 64 : x->room * 2;
		struct tt_cause_ipv6_row *more = reallocarray(
				x->rows, room, sizeof(*more));

		if (more == NULL)
			return tt_error_set(err, -ENOMEM, NULL, "out of memory");
		x->rows = more;
		x->room = room;
	}
	x->rows[x->n++] = (struct tt_cause_ipv6_row){
			key_of(row->of,
					tt_cause_country(tt_picked_text(
							row, TT_IPV6_TARGETS_COUNTRY)),
					tt_picked_int(row, TT_IPV6_TARGETS_BACKSCATTER)
							!= 0),
			packets, packets};
	return 0;
}

static int
by_key(const void *a, const void *b)
{
	const struct tt_cause_ipv6_row *x = a, *y = b;

	return x->key < y->key ? -1 : x->key > y->key;
}

/* Rows of several classes or codes become one. */
static void
join(struct tt_cause_ipv6 *x)
{
	size_t n = 0;

	if (x->n > 1)
		qsort(x->rows, x->n, sizeof(*x->rows), by_key);
	for (size_t i = 0; i < x->n; i++) {
		if (n > 0 && x->rows[n - 1].key == x->rows[i].key) {
			x->rows[n - 1].packets += x->rows[i].packets;
			x->rows[n - 1].left += x->rows[i].packets;
		} else {
			x->rows[n++] = x->rows[i];
		}
	}
	x->n = n;
}

int
tt_cause_ipv6_read(struct tt_cause_ipv6 *ipv6, const struct tt_snapshot *snapshot,
		const struct tt_target_set *targets, struct tt_error *err)
{
	static const unsigned columns[] = {TT_IPV6_TARGETS_COUNTRY,
			TT_IPV6_TARGETS_BACKSCATTER, TT_IPV6_TARGETS_PACKETS};
	const struct tt_pick pick = {TT_TABLE_IPV6_TARGETS, TT_IPV6_TARGETS_PROTOCOL,
			TT_IPV6_TARGETS_TARGET, columns, TT_ARRAY_SIZE(columns), targets,
			take_row, ipv6};
	int ret = 0;

	*ipv6 = (struct tt_cause_ipv6){0};
	if (!tt_manifest_tells_ipv6(&snapshot->manifest) || targets->n == 0)
		return 0;
	ret = tt_snapshot_check_file(snapshot, TT_TABLE_IPV6_TARGETS, err);
	if (ret == 0)
		ret = tt_pick_rows(snapshot, &pick, err);
	if (ret == 0)
		join(ipv6);
	return ret;
}

void
tt_cause_ipv6_fini(struct tt_cause_ipv6 *ipv6)
{
	free(ipv6->rows);
	*ipv6 = (struct tt_cause_ipv6){0};
}

int64_t
tt_cause_ipv6_take(struct tt_cause_ipv6 *ipv6, uint32_t of, uint16_t country,
		bool backscatter, int64_t packets)
{
	const struct tt_cause_ipv6_row key = {key_of(of, country, backscatter), 0, 0};
	struct tt_cause_ipv6_row *row;
	int64_t n;

	if (ipv6 == NULL || ipv6->n == 0)
		return 0;
	row = bsearch(&key, ipv6->rows, ipv6->n, sizeof(key), by_key);
	if (row == NULL || packets <= 0)
		return 0;
	n = row->left < packets ? row->left : packets;
	row->left -= n;
	return n;
}

int64_t
tt_cause_ipv6_without(const struct tt_cause_ipv6 *ipv6, uint32_t of, int64_t packets)
{
	const uint64_t key = key_of(of, 0, false), end = key_of(of + 1, 0, false);
	size_t first = 0, n;

	if (ipv6 == NULL || packets <= 0)
		return packets;
	n = ipv6->n;
	while (n > 0) {
		const size_t half = n / 2;
		const bool below = ipv6->rows[first + half].key < key;

		first += below ? half + 1 : 0;
		n = below ? n - half - 1 : half;
	}
	for (; first < ipv6->n && ipv6->rows[first].key < end; first++)
		packets -= ipv6->rows[first].packets < packets ? ipv6->rows[first].packets
							       : packets;
	return packets;
}
