/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_pick.h"
#include "tt_class.h"
#include "tt_hash.h"

#include <errno.h>

#define COLUMNS_MAX   32
#define PROTOCOLS_MAX 512 /* different texts of a dictionary that are kept parsed */

static size_t
slot_of(const struct tt_target_set *set, uint8_t protocol, int32_t target)
{
	size_t mask = set->n_slots - 1;
	size_t at = tt_hash_mix((uint64_t)protocol << 32 | (uint32_t)target) & mask;

	while (set->slots[at] != 0) {
		const struct tt_target_name *t = &set->all[set->slots[at] - 1];

		if (t->protocol == protocol && t->target == target)
			break;
		at = (at + 1) & mask;
	}
	return at;
}

/* False for most targets that it has not, whatever their protocol. */
static inline bool
may_have(const struct tt_target_set *set, int64_t target)
{
	uint16_t number = (uint16_t)target;

	return set->numbers[number / 64] >> number % 64 & 1;
}

uint32_t
tt_target_set_find(const struct tt_target_set *set, uint8_t protocol, int32_t target)
{
	if (!may_have(set, target))
		return TT_TARGET_NONE;
	/* An empty slot has 0, so that none is UINT32_MAX. */
	return set->slots[slot_of(set, protocol, target)] - 1;
}

/* Doubles the room; the slots stay at most half full. */
static int
grow(struct tt_target_set *set)
{
	size_t room = set->room == 0 ? 64 : set->room * 2;
	struct tt_target_name *all = reallocarray(set->all, room, sizeof(*all));
	uint32_t *slots;

	if (all == NULL)
		return -ENOMEM;
	set->all = all;
	slots = calloc(room * 2, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	free(set->slots);
	set->slots = slots;
	set->n_slots = room * 2;
	set->room = room;
	for (size_t i = 0; i < set->n; i++)
		slots[slot_of(set, all[i].protocol, all[i].target)] = (uint32_t)i + 1;
	return 0;
}

uint32_t
tt_target_set_add(struct tt_target_set *set, uint8_t protocol, int32_t target)
{
	size_t at;

	if (set->n == set->room && grow(set) != 0)
		return TT_TARGET_NONE;
	at = slot_of(set, protocol, target);
	if (set->slots[at] == 0) {
		set->all[set->n++] = (struct tt_target_name){protocol, target};
		set->slots[at] = (uint32_t)set->n;
		set->numbers[(uint16_t)target / 64] |= 1ULL << (uint16_t)target % 64;
	}
	return set->slots[at] - 1;
}

void
tt_target_set_fini(struct tt_target_set *set)
{
	free(set->all);
	free(set->slots);
	*set = (struct tt_target_set){0};
}

/* A table that is being read. */
struct reading {
	const struct tt_pick *pick;
	struct tt_parquet_reader *reader;
	const char *path;
	uint64_t text_id; /* of what is parsed */
	int16_t protocols[PROTOCOLS_MAX]; /* by code; -1: none */
	uint16_t rows[TT_PARQUET_BATCH]; /* [n_rows], that are wanted */
	uint32_t of[TT_PARQUET_BATCH]; /* their targets */
	unsigned n_rows;
};

static void
select_columns(const struct reading *r)
{
	const struct tt_pick *p = r->pick;
	bool wanted[COLUMNS_MAX] = {false}, deferred[COLUMNS_MAX] = {false};

	for (unsigned i = 0; i < p->n_columns; i++) {
		wanted[p->columns[i]] = true;
		deferred[p->columns[i]] = p->set != NULL;
	}
	if (p->target != 0) {
		wanted[p->protocol] = wanted[p->target] = true;
		deferred[p->protocol] = deferred[p->target] = false;
	}
	tt_parquet_select(r->reader, wanted);
	if (p->set != NULL)
		tt_parquet_defer(r->reader, deferred);
}

/* The protocol of a code; -1: it is none. */
static int
protocol_of(struct reading *r, const struct tt_parquet_values *v, uint32_t code)
{
	uint8_t protocol;

	if (v->text_id != r->text_id) {
		r->text_id = v->text_id;
		for (uint32_t i = 0; i < v->n_texts && i < PROTOCOLS_MAX; i++)
			r->protocols[i] = tt_protocol_parse(v->texts[i], &protocol) == 0
					? protocol
					: -1;
	}
	if (code < PROTOCOLS_MAX)
		return r->protocols[code];
	return tt_protocol_parse(v->texts[code], &protocol) == 0 ? protocol : -1;
}

/* Notes which rows of a batch may be of the set. No branch depends on a row: there are many, and few are. */
static unsigned
choose_roughly(struct reading *r, const struct tt_parquet_batch *b)
{
	const int64_t *targets = b->columns[r->pick->target].ints;
	unsigned n = 0;

	for (unsigned i = 0; i < b->n; i++) {
		r->rows[n] = (uint16_t)i;
		n += may_have(r->pick->set, targets[i]);
	}
	return n;
}

/* Notes which rows of a batch are of the set. */
static void
choose(struct reading *r, const struct tt_parquet_batch *b)
{
	const struct tt_parquet_values *protocols = &b->columns[r->pick->protocol];
	const int64_t *targets = b->columns[r->pick->target].ints;
	unsigned n = choose_roughly(r, b);

	r->n_rows = 0;
	for (unsigned i = 0; i < n; i++) {
		uint16_t row = r->rows[i];
		int protocol = protocol_of(r, protocols, protocols->codes[row]);
		uint32_t of = TT_TARGET_NONE;

		if (protocol >= 0)
			of = tt_target_set_find(r->pick->set, (uint8_t)protocol,
					(int32_t)targets[row]);
		r->rows[r->n_rows] = row;
		r->of[r->n_rows] = of;
		r->n_rows += of != TT_TARGET_NONE;
	}
}

static int
take_chosen(struct reading *r, const struct tt_parquet_batch *b, struct tt_error *err)
{
	const struct tt_pick *p = r->pick;
	struct tt_picked row = {.batch = b};
	int ret = 0;

	choose(r, b);
	if (r->n_rows == 0)
		return 0;
	ret = tt_parquet_choose(r->reader, r->rows, r->n_rows, err);
	for (unsigned i = 0; ret == 0 && i < r->n_rows; i++) {
		row.i = r->rows[i];
		row.of = r->of[i];
		row.name = p->set->all[row.of];
		ret = p->take(p->context, &row, err);
	}
	return ret;
}

/* Takes all rows; of a table with targets, those whose protocol is one. */
static int
take_all(struct reading *r, const struct tt_parquet_batch *b, struct tt_error *err)
{
	const struct tt_pick *p = r->pick;
	struct tt_picked row = {.batch = b, .of = TT_TARGET_NONE};
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < b->n; i++) {
		row.i = i;
		if (p->target != 0) {
			const struct tt_parquet_values *v = &b->columns[p->protocol];
			int protocol = protocol_of(r, v, v->codes[i]);

			if (protocol < 0)
				return tt_error_set(err, -EBADMSG, r->path,
						"\"%s\" is no protocol",
						v->texts[v->codes[i]]);
			row.name.protocol = (uint8_t)protocol;
			row.name.target = (int32_t)b->columns[p->target].ints[i];
		}
		ret = p->take(p->context, &row, err);
	}
	return ret;
}

int
tt_pick_rows(const struct tt_snapshot *snapshot, const struct tt_pick *pick,
		struct tt_error *err)
{
	struct reading r = {.pick = pick, .path = snapshot->path};
	struct tt_parquet_batch batch;
	int ret = tt_snapshot_table(snapshot, pick->table, &r.reader, err), more = 1;

	if (ret != 0)
		return ret;
	select_columns(&r);
	while (ret == 0 && (more = tt_parquet_next_batch(r.reader, &batch, err)) == 1)
		ret = pick->set == NULL ? take_all(&r, &batch, err)
					: take_chosen(&r, &batch, err);
	tt_parquet_close(r.reader);
	return ret != 0 ? ret : more;
}
