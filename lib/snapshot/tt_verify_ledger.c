/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of distributions and of the ledger. */
#include "tt_verify.h"

#include <errno.h>
#include <string.h>

#define LEDGER_ROWS_MAX (4096 * 64) /* more ports than any machine has */

static int
find_distribution(const struct tt_check *t, enum tt_distribution *d)
{
	struct tt_check_word *w = tt_check_word(t, TT_DISTRIBUTIONS_DISTRIBUTION);
	const char *name = tt_check_text(t, TT_DISTRIBUTIONS_DISTRIBUTION);

	for (unsigned i = (unsigned)w->number; i < TT_N_DISTRIBUTIONS; i++) {
		*d = (enum tt_distribution)i;
		if (TT_LIKELY(w->known) || strcmp(name, tt_distribution_name(*d)) == 0) {
			*w = (struct tt_check_word){.number = i, .known = true};
			return 0;
		}
	}
	return tt_check_wrong(t, "no distribution of this schema version");
}

static void
sum_distribution(struct tt_sums *s, enum tt_distribution d, enum tt_class class,
		uint64_t value, struct tt_count count)
{
	struct tt_count *sum = &s->distributions[d][class];

	sum->packets += count.packets;
	sum->bytes += count.bytes;
	if (d == TT_DIST_IP_PROTOCOL)
		tt_match_count(&s->match[TT_MATCH_PROTOCOLS][1], value, class, count);
	if (d == TT_DIST_TCP_FLAGS)
		tt_match_count(&s->match[TT_MATCH_TCP_FLAGS][0], class, value, count);
	if (d == TT_DIST_TCP_FLAGS_ALL)
		tt_match_count(&s->match[TT_MATCH_TCP_FLAGS][1], class, value & 0x3f,
				count);
}

int
tt_check_distribution_row(struct tt_check *t)
{
	int64_t value = tt_check_int(t, TT_DISTRIBUTIONS_VALUE);
	enum tt_distribution d;
	struct tt_count count;
	enum tt_class class;
	char label[64];

	if (find_distribution(t, &d) != 0
			|| tt_check_class(t, TT_DISTRIBUTIONS_CLASS, &class) != 0
			|| tt_check_count(t, TT_DISTRIBUTIONS_PACKETS, class, &count)
					!= 0)
		return -EBADMSG;
	if (value < 0 || value >= tt_distribution_values(d)
			|| tt_distribution_cell(d, class, (uint32_t)value) < 0)
		return tt_check_wrong(t, "a value that its distribution cannot have");
	if (strcmp(tt_check_text(t, TT_DISTRIBUTIONS_LABEL),
			    tt_row_label(d, (uint32_t)value, label))
			!= 0)
		return tt_check_wrong(t, "not the label of its value");
	sum_distribution(t->sums, d, class, (uint64_t)value, count);
	return tt_check_order(t, (uint64_t[]){d, class, (uint64_t)value}, 3);
}

int
tt_check_ledger_begin(struct tt_check *t, int64_t rows)
{
	if (rows > LEDGER_ROWS_MAX)
		return tt_error_set(t->err, -EBADMSG, t->path, "too long for a ledger");
	t->ledger = calloc((size_t)rows + 1, sizeof(*t->ledger));
	if (t->ledger == NULL)
		return tt_error_set(t->err, -ENOMEM, t->path, "out of memory");
	return 0;
}

/* The tables have one row each, in order; only these have keys. */
static int
check_table_row(struct tt_check *t, const struct tt_ledger_row *row)
{
	bool is_table = strcmp(row->account, TT_ACCOUNT_TABLES) == 0;

	if (is_table != (strcmp(row->port, TT_LEDGER_TABLES_PORT) == 0))
		return tt_check_wrong(t, "a port and an account that do not go together");
	if (!is_table)
		return row->keys == 0 ? 0 : tt_check_wrong(t, "keys of no table");
	if (row->queue != -1 || t->ledger_tables == TT_N_LEDGER_TABLES
			|| strcmp(row->reason,
					   tt_ledger_table_name(
							   (enum tt_ledger_table)t
									   ->ledger_tables))
					!= 0)
		return tt_check_wrong(t, "not the next one of the tables");
	t->ledger_tables++;
	return 0;
}

/* Keeps the row: a ledger is small, and closes only as a whole. */
int
tt_check_ledger_row(struct tt_check *t)
{
	struct tt_ledger_row *row = &t->ledger[t->row - 1];
	int64_t packets = tt_check_int(t, TT_LEDGER_PACKETS);
	int64_t keys = tt_check_int(t, TT_LEDGER_KEYS);

	*row = (struct tt_ledger_row){
			.port = strdup(tt_check_text(t, TT_LEDGER_PORT)),
			.queue = (int)tt_check_int(t, TT_LEDGER_QUEUE),
			.account = strdup(tt_check_text(t, TT_LEDGER_ACCOUNT)),
			.reason = strdup(tt_check_text(t, TT_LEDGER_REASON)),
			.packets = (uint64_t)packets,
			.keys = (uint64_t)keys,
	};
	if (row->port == NULL || row->account == NULL || row->reason == NULL)
		return tt_error_set(t->err, -ENOMEM, t->path, "out of memory");
	if (packets < 0 || keys < 0)
		return tt_check_wrong(t, "a count that cannot be");
	return check_table_row(t, row);
}

static bool
short_equal(const struct tt_ledger_short *a, const struct tt_ledger_short *b)
{
	for (unsigned i = 0; i < TT_N_LEDGER_TABLES; i++)
		if (a->not_kept[i].packets != b->not_kept[i].packets
				|| a->not_kept[i].keys != b->not_kept[i].keys)
			return false;
	return a->missed == b->missed && a->no_mbuf == b->no_mbuf
			&& a->errors == b->errors && a->delivered == b->delivered
			&& a->counted == b->counted && a->late == b->late
			&& a->link_down_us == b->link_down_us && a->closes == b->closes;
}

int
tt_check_ledger_end(const struct tt_check *t)
{
	struct tt_ledger_short s = tt_ledger_sum(t->ledger, (unsigned)t->row);

	t->sums->ledger = s;
	if (!s.closes)
		return tt_error_set(t->err, -EBADMSG, t->path,
				"the ledger does not close: %llu delivered, %llu in its "
				"frames",
				(unsigned long long)s.delivered,
				(unsigned long long)s.frames);
	if (t->ledger_tables != TT_N_LEDGER_TABLES)
		return tt_error_set(t->err, -EBADMSG, t->path,
				"%u of %u rows of the tables", t->ledger_tables,
				TT_N_LEDGER_TABLES);
	if (!short_equal(&s, &t->m->ledger))
		return tt_error_set(t->err, -EBADMSG, t->path,
				"its sums are not those of the manifest");
	return 0;
}

void
tt_check_ledger_free(struct tt_check *t)
{
	int64_t rows = t->m->files[TT_TABLE_LEDGER].rows;

	for (int64_t i = 0; t->ledger != NULL && i < rows; i++) {
		free((char *)t->ledger[i].port);
		free((char *)t->ledger[i].account);
		free((char *)t->ledger[i].reason);
	}
	free(t->ledger);
}
