/* SPDX-License-Identifier: BSD-3-Clause */
/* Destinations, numbered as they come, and put in order at the end. */
#include "tt_compact_pack.h"

#include <errno.h>
#include <string.h>

void
tt_compact_units_init(struct tt_compact_units *u, uint64_t seed)
{
	*u = (struct tt_compact_units){0};
	tt_store_init(&u->store, 3, NULL, 0, seed);
}

void
tt_compact_units_fini(struct tt_compact_units *u)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(u->top); i++) {
		for (unsigned k = 0; u->top[i] != NULL && k < 256; k++)
			free((*u->top[i])[k]);
		free(u->top[i]);
		u->top[i] = NULL;
	}
	tt_store_fini(&u->store);
}

/* Where the number of a single IPv4 address stands, plus one; NULL where memory is short. */
static uint32_t *
place_of(struct tt_compact_units *u, uint32_t address)
{
	uint32_t *(**middle)[256] = &u->top[address >> 16], **page;

	if (*middle == NULL)
		*middle = calloc(1, sizeof(**middle));
	if (*middle == NULL)
		return NULL;
	page = &(**middle)[address >> 8 & 0xff];
	if (*page == NULL)
		*page = calloc(256, sizeof(**page));
	return *page == NULL ? NULL : &(*page)[address & 0xff];
}

/* Four numbers without leading zeros, up to a slash or the end; everything else is left to
 * tt_addr_parse. */
static const char *
parse_v4(const char *at, uint32_t *address)
{
	uint32_t all = 0;

	for (unsigned i = 0; i < 4; i++) {
		unsigned digit = (unsigned)(*at - '0'), n = digit;

		if (digit > 9)
			return NULL;
		for (digit = (unsigned)(*++at - '0'); digit <= 9;
				digit = (unsigned)(*++at - '0')) {
			n = n * 10 + digit;
			if (n < 10 || n > 255)
				return NULL;
		}
		if (i < 3 && *at++ != '.')
			return NULL;
		all = all << 8 | n;
	}
	*address = all;
	return at;
}

int
tt_compact_addr_parse(const char *text, struct tt_addr *addr)
{
	uint32_t v4;
	const char *end = parse_v4(text, &v4);

	if (TT_UNLIKELY(end == NULL || *end != '\0'))
		return tt_addr_parse(text, addr);
	*addr = tt_addr_v4(v4);
	return 0;
}

/* The address with all bits behind the first `length` zero, or one. */
static struct tt_addr
masked(struct tt_addr a, unsigned length, bool ones)
{
	uint64_t hi = length >= 64 ? 0 : ~UINT64_C(0) >> length;
	uint64_t lo = length >= 128   ? 0
			: length > 64 ? ~UINT64_C(0) >> (length - 64)
				      : ~UINT64_C(0);

	return ones ? (struct tt_addr){a.hi | hi, a.lo | lo}
		    : (struct tt_addr){a.hi & ~hi, a.lo & ~lo};
}

/* The length after a slash, of an address with so many bits. */
static int
parse_length(struct tt_compact_unit *unit, const char *slash, unsigned most)
{
	unsigned length;
	char end;

	if (sscanf(slash + 1, "%3u%c", &length, &end) != 1 || length > most)
		return -EINVAL;
	unit->length = (uint8_t)(length + 128 - most);
	return tt_addr_cmp(unit->first, masked(unit->first, unit->length, false)) == 0
			? 0
			: -EINVAL;
}

int
tt_compact_unit_parse(const char *text, struct tt_compact_unit *unit)
{
	const char *slash;
	char address[TT_ADDR_TEXT_MAX];
	uint32_t v4;

	unit->length = 128;
	slash = parse_v4(text, &v4);
	if (TT_LIKELY(slash != NULL && (*slash == '\0' || *slash == '/'))) {
		unit->first = tt_addr_v4(v4);
		return *slash == '\0' ? 0 : parse_length(unit, slash, 32);
	}
	slash = strchrnul(text, '/');
	if ((size_t)(slash - text) >= sizeof(address))
		return -EINVAL;
	memcpy(address, text, (size_t)(slash - text));
	address[slash - text] = '\0';
	if (tt_addr_parse(address, &unit->first) != 0)
		return -EINVAL;
	return *slash == '\0' ? 0 : parse_length(unit, slash, 128);
}

int
tt_compact_unit_of(struct tt_compact_units *u, const char *text, uint32_t *number)
{
	struct tt_compact_unit unit = {0};
	uint32_t *place = NULL;
	const uint64_t *row;

	if (tt_compact_unit_parse(text, &unit) != 0)
		return -EINVAL;
	if (TT_LIKELY(unit.length == 128 && tt_addr_is_v4(unit.first))) {
		place = place_of(u, (uint32_t)unit.first.lo);
		if (place == NULL)
			return -ENOMEM;
		*number = *place - 1;
		if (TT_LIKELY(*place != 0))
			return 0;
	}
	row = tt_store_make(&u->store,
			(uint64_t[]){unit.first.hi, unit.first.lo, unit.length});
	if (row == NULL)
		return -ENOMEM;
	*number = (uint32_t)((uint64_t)(row - u->store.rows) / u->store.width);
	if (place != NULL)
		*place = *number + 1;
	return 0;
}

char *
tt_compact_unit_text(struct tt_compact_unit unit, char text[TT_UNIT_TEXT_MAX])
{
	unsigned least = tt_addr_is_v4(unit.first) ? 96 : 0;

	tt_addr_format(unit.first, text);
	if (unit.length < 128)
		snprintf(text + strlen(text), TT_UNIT_TEXT_MAX - strlen(text), "/%u",
				unit.length - least);
	return text;
}

int
tt_compact_units_rank(struct tt_compact_units *u, uint32_t *ranks)
{
	struct tt_store *s = &u->store;
	struct tt_sort_item *items = calloc((size_t)s->n + 1, sizeof(*items));
	struct tt_sort_item *scratch = calloc((size_t)s->n + 1, sizeof(*scratch));
	uint64_t *sorted = malloc(((size_t)s->n + 1) * s->width * sizeof(*sorted));
	bool able = items != NULL && scratch != NULL && sorted != NULL;

	if (able) {
		tt_store_sort(s, true, items, scratch);
		for (uint32_t i = 0; i < s->n; i++) {
			const uint64_t *row = items[i].ref;

			ranks[(uint64_t)(row - s->rows) / s->width] = i;
			memcpy(sorted + (uint64_t)i * s->width, row,
					s->width * sizeof(*row));
		}
		if (s->n > 0)
			memcpy(s->rows, sorted, s->n * s->width * sizeof(*sorted));
		tt_store_place(s);
	}
	free(items);
	free(scratch);
	free(sorted);
	return able ? 0 : -ENOMEM;
}

/* One that lies in another comes after it, and so does whatever stands between the two. */
bool
tt_compact_units_nest(const struct tt_compact_units *u)
{
	bool nest = false;

	for (uint32_t i = 1; i < u->store.n && !nest; i++) {
		const struct tt_compact_unit before = tt_compact_unit(u, i - 1);
		struct tt_addr last = masked(before.first, before.length, true);

		nest = tt_addr_cmp(tt_compact_unit(u, i).first, last) <= 0;
	}
	return nest;
}
