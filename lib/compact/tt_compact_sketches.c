/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_compact_sketches.h"
#include "tt_compact_pack.h"
#include "tt_row_text.h"

#include <errno.h>
#include <string.h>

#define SKETCHES_MIN 64

/* Registers lie in blocks of huge pages, since they are hit all over the place. */
struct tt_sketch_block {
	struct tt_sketch_block *before;
	size_t used;
};

#define BLOCK_BYTES (2 << 20)

void
tt_sketches_fini(struct tt_sketches *x)
{
	struct tt_sketch_block *block = x->block, *before;

	for (uint32_t i = 0; i < x->n; i++)
		free(x->all[i]->key);
	for (; block != NULL; block = before) {
		before = block->before;
		tt_mem_free(tt_mem_heap_huge(), block, BLOCK_BYTES);
	}
	free(x->all);
	free(x->slots);
	free(x->by_target[0]);
	free(x->by_target[1]);
	free(x->codes);
	*x = (struct tt_sketches){0};
}

static uint64_t
slot_of(const struct tt_sketches *x, const char *key)
{
	uint64_t mask = x->n_slots - 1, hash = 0, at;

	for (const char *c = key; *c != '\0'; c++)
		hash = (hash ^ (uint8_t)*c) * UINT64_C(0x9e3779b97f4a7c15);
	at = tt_hash_mix(hash) & mask;
	while (x->slots[at] != 0 && strcmp(x->all[x->slots[at] - 1]->key, key) != 0)
		at = (at + 1) & mask;
	return at;
}

/* Doubles the room; the slots stay at most half full. */
static int
grow(struct tt_sketches *x)
{
	uint32_t room = x->room == 0 ? SKETCHES_MIN : x->room * 2;
	struct tt_merged_sketch **all = reallocarray(
			x->all, room, sizeof(struct tt_merged_sketch *));
	uint32_t *slots;

	if (all == NULL)
		return -ENOMEM;
	x->all = all;
	slots = calloc((size_t)room * 2, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	free(x->slots);
	x->slots = slots;
	x->n_slots = (uint64_t)room * 2;
	x->room = room;
	for (uint32_t i = 0; i < x->n; i++)
		if (all[i]->key != NULL)
			slots[slot_of(x, all[i]->key)] = i + 1;
	return 0;
}

static int
find_kind(const char *key, enum tt_sketch_kind *kind)
{
	for (unsigned k = TT_N_SKETCH_KINDS; k-- > 0;) {
		const char *prefix = tt_row_sketch_prefix((enum tt_sketch_kind)k);

		*kind = (enum tt_sketch_kind)k;
		if (strcmp(key, prefix) == 0
				|| (k != TT_SKETCH_SOURCES
						&& strncmp(key, prefix, strlen(prefix))
								== 0))
			return 0;
	}
	return -EINVAL;
}

/* What the sketch is of, as a number that sorts as the rows do. */
static int
take_place(struct tt_merged_sketch *s, const char *of)
{
	struct tt_compact_unit unit;
	uint16_t country;
	int ret = 0;

	switch (s->kind) {
	case TT_SKETCH_SOURCES:
		return 0;
	case TT_SKETCH_SOURCES_COUNTRY:
		ret = tt_row_country_parse(of, &country);
		s->place.lo = country;
		return ret;
	case TT_SKETCH_SOURCES_PREFIX:
		ret = tt_compact_unit_parse(of, &unit);
		if (ret == 0) {
			s->place = unit.first;
			s->length = unit.length;
		}
		return ret;
	default:
		return -EINVAL;
	}
}

/* Zeroed memory that lives as long as the sketches. */
static void *
take_bytes(struct tt_sketches *x, size_t bytes)
{
	struct tt_sketch_block *block = x->block;

	bytes = (bytes + 7) / 8 * 8;
	TT_ASSERT(bytes <= BLOCK_BYTES - sizeof(*block));
	if (block == NULL || block->used + bytes > BLOCK_BYTES) {
		block = tt_mem_alloc(tt_mem_heap_huge(), BLOCK_BYTES, "sketches");
		if (block == NULL)
			return NULL;
		block->before = x->block;
		block->used = sizeof(*block);
		x->block = block;
	}
	block->used += bytes;
	return (char *)block + block->used - bytes;
}

/* Makes a sketch, the last of all; there is room. */
static struct tt_merged_sketch *
make(struct tt_sketches *x, enum tt_sketch_kind kind)
{
	unsigned p = tt_row_sketch_precision(kind);
	struct tt_merged_sketch *s = take_bytes(x, sizeof(*s) + ((size_t)1 << p));

	if (s != NULL) {
		s->kind = kind;
		s->p = p;
		x->all[x->n++] = s;
	}
	return s;
}

/* Finds the sketch of a key that is no target's, or makes it. Returns 0, -EINVAL or -ENOMEM. */
static int
find_by_text(struct tt_sketches *x, const char *key, struct tt_merged_sketch **sketch)
{
	enum tt_sketch_kind kind;
	uint64_t at = slot_of(x, key);
	int ret = 0;

	if (x->slots[at] == 0) {
		if (find_kind(key, &kind) != 0)
			return -EINVAL;
		*sketch = make(x, kind);
		if (*sketch == NULL || ((*sketch)->key = strdup(key)) == NULL)
			return -ENOMEM;
		x->slots[at] = x->n;
		ret = take_place(*sketch, key + strlen(tt_row_sketch_prefix(kind)));
	}
	*sketch = x->all[x->slots[at] - 1];
	return ret;
}

/* Passes over the beginning of a target's key. Eight bytes of whatever is left of a text can be read. */
static const char *
pass_prefix(const char *key, enum tt_sketch_kind *kind)
{
	if (memcmp(key, "sources/", 8) == 0) {
		*kind = TT_SKETCH_SOURCES_TARGET;
		return memcmp(key + 8, "target/", 7) == 0 ? key + 15 : NULL;
	}
	*kind = TT_SKETCH_DESTINATIONS_TARGET;
	return memcmp(key, "destinat", 8) == 0 && memcmp(key + 8, "ions/tar", 8) == 0
					&& memcmp(key + 16, "get/", 4) == 0
			? key + 20
			: NULL;
}

/* "sources/target/445/TCP" and the like: the kind, and the index of the target; or -1. */
static int
parse_target(const char *key, enum tt_sketch_kind *kind)
{
	const char *first = pass_prefix(key, kind), *at = first;
	unsigned digit, number = 0;

	if (first == NULL)
		return -1;
	while ((digit = (unsigned)(*at - '0')) <= 9 && number <= UINT16_MAX) {
		number = number * 10 + digit;
		at++;
	}
	if (number > UINT16_MAX || at == first || (*first == '0' && at != first + 1))
		return -1;
	if (memcmp(at, "/TCP", 5) == 0)
		return TT_TARGET_TCP + (int)number;
	return memcmp(at, "/UDP", 5) == 0 ? TT_TARGET_UDP + (int)number : -1;
}

/* The index of any other target. */
static int
parse_other_target(const char *key, enum tt_sketch_kind *kind)
{
	struct tt_target target;

	if (find_kind(key, kind) != 0
			|| (*kind != TT_SKETCH_SOURCES_TARGET
					&& *kind != TT_SKETCH_DESTINATIONS_TARGET)
			|| tt_target_parse(key + strlen(tt_row_sketch_prefix(*kind)),
					   &target)
					!= 0)
		return -1;
	return (int)tt_target_index(tt_target_key_make(target, (enum tt_class)0));
}

static int
find_by_target(struct tt_sketches *x, enum tt_sketch_kind kind, int target,
		struct tt_merged_sketch **sketch)
{
	unsigned k = kind == TT_SKETCH_DESTINATIONS_TARGET;
	struct tt_merged_sketch **at;

	if (x->by_target[k] == NULL)
		x->by_target[k] = calloc(TT_N_TARGETS, sizeof(struct tt_merged_sketch *));
	if (x->by_target[k] == NULL)
		return -ENOMEM;
	at = &x->by_target[k][target];
	if (*at == NULL) {
		*at = make(x, kind);
		if (*at == NULL)
			return -ENOMEM;
		(*at)->place.lo = (uint64_t)target;
	}
	*sketch = *at;
	return 0;
}

/* Finds the sketch of a key, or makes it. Returns 0, -EINVAL or -ENOMEM. */
static int
find(struct tt_sketches *x, const char *key, struct tt_coded_sketch *to)
{
	enum tt_sketch_kind kind;
	int target = parse_target(key, &kind), ret;

	if (x->n == x->room && grow(x) != 0)
		return -ENOMEM;
	if (TT_UNLIKELY(target < 0))
		target = parse_other_target(key, &kind);
	to->p = TT_SKETCH_P_TARGET; /* without a look at the sketch, which is far away */
	to->by_text = target < 0;
	if (TT_LIKELY(target >= 0))
		return find_by_target(x, kind, target, &to->sketch);
	ret = find_by_text(x, key, &to->sketch);
	if (ret == 0)
		to->p = to->sketch->p;
	return ret;
}

static int
forget(struct tt_sketches *x, const struct tt_parquet_values *keys)
{
	if (x->room_codes < keys->n_texts) {
		free(x->codes);
		x->codes = malloc(keys->n_texts * sizeof(*x->codes));
		x->room_codes = x->codes == NULL ? 0 : keys->n_texts;
		if (x->codes == NULL)
			return -ENOMEM;
	}
	memset(x->codes, 0, keys->n_texts * sizeof(*x->codes));
	x->text_id = keys->text_id;
	return 0;
}

static int
wrong(unsigned row, int ret, unsigned *at, const char **why)
{
	*at = row;
	*why = "a register that cannot be";
	if (ret == -EINVAL)
		*why = "a key that cannot be";
	if (ret == -EPROTO)
		*why = "another precision than its kind has: such sketches do not merge";
	return ret == -EINVAL ? -EBADMSG : ret;
}

/* Finds the sketches of all rows, and fetches their registers. */
static int
find_all(struct tt_sketches *x, const struct tt_parquet_batch *b,
		struct tt_coded_sketch *found, unsigned *row, const char **why)
{
	struct tt_coded_sketch last = {0}; /* other than a target's */
	const char *last_key = "";
	const struct tt_parquet_values *keys = &b->columns[TT_SKETCHES_KEY];
	const int64_t *p = b->columns[TT_SKETCHES_PRECISION].ints;
	const int64_t *reg = b->columns[TT_SKETCHES_REGISTER].ints;

	if (x->text_id != keys->text_id && forget(x, keys) != 0)
		return wrong(0, -ENOMEM, row, why);
	for (unsigned i = 0; i < b->n; i++) {
		struct tt_coded_sketch *code = &x->codes[keys->codes[i]];
		const char *key = keys->texts[keys->codes[i]];
		int ret = 0;

		/* Where a dictionary has every text anew, the one before is mostly the same. */
		if (code->sketch == NULL && last.sketch != NULL
				&& strcmp(last_key, key) == 0)
			*code = last;
		else if (code->sketch == NULL)
			ret = find(x, key, code);
		if (ret == 0 && p[i] != code->p)
			ret = -EPROTO;
		if (ret == 0 && (reg[i] < 0 || reg[i] >> p[i] != 0))
			ret = -EBADMSG;
		if (ret != 0)
			return wrong(i, ret, row, why);
		found[i] = *code;
		if (code->by_text) {
			last = *code;
			last_key = key;
		}
		__builtin_prefetch(&code->sketch->registers[reg[i]], 1);
	}
	return 0;
}

int
tt_sketches_add(struct tt_sketches *x, const struct tt_parquet_batch *b, unsigned *row,
		const char **why)
{
	const int64_t *reg = b->columns[TT_SKETCHES_REGISTER].ints;
	const int64_t *rho = b->columns[TT_SKETCHES_RHO].ints;
	struct tt_coded_sketch found[TT_PARQUET_BATCH];
	int ret = find_all(x, b, found, row, why);

	for (unsigned i = 0; ret == 0 && i < b->n; i++) {
		uint8_t *r = &found[i].sketch->registers[reg[i]];

		if (rho[i] < 1 || rho[i] > 64 - (int64_t)found[i].p + 1)
			return wrong(i, -EBADMSG, row, why);
		if (rho[i] > *r)
			*r = (uint8_t)rho[i];
	}
	return ret;
}

const char *
tt_sketch_key(const struct tt_merged_sketch *s, char text[64])
{
	if (s->key != NULL)
		return s->key;
	/* A prefix has 20 letters at most, a target 32. */
	tt_target_format(tt_target_of_index((uint32_t)s->place.lo),
			stpcpy(text, tt_row_sketch_prefix(s->kind)));
	return text;
}

static int
compare(const void *a, const void *b)
{
	const struct tt_merged_sketch *x = *(struct tt_merged_sketch *const *)a;
	const struct tt_merged_sketch *y = *(struct tt_merged_sketch *const *)b;
	int order;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	order = tt_addr_cmp(x->place, y->place);
	return order != 0 ? order : (int)x->length - (int)y->length;
}

void
tt_sketches_sort(struct tt_sketches *x)
{
	if (x->n > 1)
		qsort(x->all, x->n, sizeof(struct tt_merged_sketch *), compare);
}
