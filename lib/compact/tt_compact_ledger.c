/* SPDX-License-Identifier: BSD-3-Clause */
/* Ledgers of all parts: rows of the same port, queue, account and reason add up. */
#include "tt_compact_private.h"

#include <errno.h>
#include <string.h>

static const char *const accounts[] = {
		TT_ACCOUNT_NIC, TT_ACCOUNT_FRAMES, TT_ACCOUNT_NOTE, TT_ACCOUNT_TABLES};

#define N_ACCOUNTS TT_ARRAY_SIZE(accounts)
#define TABLES     (N_ACCOUNTS - 1)

static unsigned
account_of(const char *account)
{
	unsigned i = 0;

	while (i < N_ACCOUNTS && strcmp(accounts[i], account) != 0)
		i++;
	return i;
}

/* The place of a reason in its account; those that are not known come last, by their text. */
static unsigned
place_of(unsigned account, const char *reason)
{
	static const char *const nic[] = {TT_REASON_MISSED, TT_REASON_NO_MBUF,
			TT_REASON_ERRORS, TT_REASON_DELIVERED};
	static const char *const note[] = {
			TT_REASON_LATE, TT_REASON_FRAME_BYTES, TT_REASON_LINK_DOWN};
	static const unsigned numbers[N_ACCOUNTS] = {TT_ARRAY_SIZE(nic), TT_N_FATES,
			TT_ARRAY_SIZE(note), TT_N_LEDGER_TABLES};
	unsigned i = 0;

	for (; account < N_ACCOUNTS && i < numbers[account]; i++) {
		const char *name = account == 0 ? nic[i]
				: account == 1  ? tt_fate_name((enum tt_fate)i)
				: account == 2
				? note[i]
				: tt_ledger_table_name((enum tt_ledger_table)i);

		if (strcmp(name, reason) == 0)
			break;
	}
	return i;
}

static bool
is_same(const struct tt_entered *a, const char *port, int64_t queue, unsigned account,
		const char *reason)
{
	return a->queue == queue && a->account == account
			&& strcmp(a->reason, reason) == 0 && strcmp(a->port, port) == 0;
}

static struct tt_entered *
append(struct tt_compact *c, const char *port, int64_t queue, unsigned account,
		const char *reason)
{
	struct tt_entered *e;

	if (c->n_entered == c->room_entered) {
		size_t room = c->room_entered == 0 ? 64 : c->room_entered * 2;
		struct tt_entered *more = reallocarray(c->entered, room, sizeof(*more));

		if (more == NULL)
			return NULL;
		c->entered = more;
		c->room_entered = room;
	}
	e = &c->entered[c->n_entered];
	*e = (struct tt_entered){.port = strdup(port),
			.reason = strdup(reason),
			.queue = queue,
			.account = account,
			.place = place_of(account, reason)};
	c->n_entered++;
	return e->port == NULL || e->reason == NULL ? NULL : e;
}

/* Rows come in the same order in every part, so that the next one is tried first. */
static struct tt_entered *
find(struct tt_compact *c, size_t *next, const char *port, int64_t queue,
		unsigned account, const char *reason)
{
	for (size_t i = 0; i < c->n_entered; i++) {
		size_t at = (*next + i) % c->n_entered;

		if (is_same(&c->entered[at], port, queue, account, reason)) {
			*next = at + 1;
			return &c->entered[at];
		}
	}
	*next = c->n_entered + 1;
	return append(c, port, queue, account, reason);
}

/* Ports of another sensor than the result's have its name before theirs, once. */
static void
name_port(const struct tt_compact *c, const struct tt_manifest *part, const char *port,
		unsigned account, char *name, size_t room)
{
	bool other = account != TABLES && strcmp(part->sensor, c->job->sensor) != 0
			&& strchr(port, '/') == NULL;

	snprintf(name, room, "%s%s%s", other ? part->sensor : "", other ? "/" : "", port);
}

static int
add_row(struct tt_compact *c, const struct tt_snapshot *part, size_t *next,
		const struct tt_parquet_reader *r)
{
	unsigned account = account_of(tt_parquet_get_text(r, TT_LEDGER_ACCOUNT));
	int64_t packets = tt_parquet_get_int(r, TT_LEDGER_PACKETS);
	int64_t keys = tt_parquet_get_int(r, TT_LEDGER_KEYS);
	struct tt_entered *e;
	char port[512];

	if (account == N_ACCOUNTS || packets < 0 || keys < 0)
		return tt_error_set(c->err, -EBADMSG, part->path,
				"its table ledger has a row that cannot be");
	name_port(c, &part->manifest, tt_parquet_get_text(r, TT_LEDGER_PORT), account,
			port, sizeof(port));
	e = find(c, next, port, tt_parquet_get_int(r, TT_LEDGER_QUEUE), account,
			tt_parquet_get_text(r, TT_LEDGER_REASON));
	if (e == NULL)
		return tt_compact_no_memory(c);
	e->packets += packets;
	e->keys += keys;
	return 0;
}

int
tt_compact_plan_ledger(struct tt_compact *c, const struct tt_snapshot *part)
{
	struct tt_parquet_reader *r;
	int ret = tt_snapshot_table(part, TT_TABLE_LEDGER, &r, c->err), more;
	size_t next = 0;

	if (ret != 0)
		return ret;
	while (ret == 0 && (more = tt_parquet_next(r, c->err)) != 0)
		ret = more < 0 ? more : add_row(c, part, &next, r);
	tt_parquet_close(r);
	return ret;
}

/* By port, queue, account and reason; the tables are no port, and last. */
static int
compare(const void *a, const void *b)
{
	const struct tt_entered *x = a, *y = b;
	bool last = x->account == TABLES;
	int order;

	if (last != (y->account == TABLES))
		return last ? 1 : -1;
	order = strcmp(x->port, y->port);
	if (order != 0)
		return order;
	if (x->queue != y->queue)
		return x->queue < y->queue ? -1 : 1;
	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return strcmp(x->reason, y->reason);
}

void
tt_compact_sort_ledger(struct tt_compact *c)
{
	qsort(c->entered, c->n_entered, sizeof(*c->entered), compare);
}

struct tt_entered *
tt_compact_table_entry(struct tt_compact *c, enum tt_ledger_table table)
{
	for (size_t i = 0; i < c->n_entered; i++)
		if (c->entered[i].account == TABLES && c->entered[i].place == table)
			return &c->entered[i];
	return NULL;
}

struct tt_ledger_row
tt_compact_ledger_row(const struct tt_entered *e)
{
	return (struct tt_ledger_row){
			.port = e->port,
			.queue = (int)e->queue,
			.account = accounts[e->account],
			.reason = e->reason,
			.packets = (uint64_t)e->packets,
			.keys = (uint64_t)e->keys,
	};
}
