/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which monitored addresses a row of destinations or of a sketch by prefix is about. Its text is
 * the whole prefix; the unit is what is monitored of it, and a prefix of which several parts are
 * monitored is several units of the same text. Parts are ranges of one IP version: an IPv6 prefix
 * around ::ffff:0:0/96 has one part before the IPv4 addresses and one after them.
 */
#include "tt_verify.h"

#include <errno.h>
#include <string.h>

typedef unsigned __int128 u128;

#define MAPPED_FIRST ((u128)TT_ADDR_V4_PREFIX)
#define MAPPED_LAST  ((u128)(TT_ADDR_V4_PREFIX | UINT32_MAX))

struct text_prefix {
	u128 first, last;
	unsigned bits; /* low ones, in which they differ */
	bool v4, whole; /* whole: a prefix, not a single address */
};

/* The units of a prefix that come after the unit of the row before. */
struct found {
	u128 after; /* addresses from here on */
	u128 first, last; /* of the first such unit */
	uint64_t n, monitored; /* such units, and units of the prefix in all */
};

static u128
number(struct tt_addr a)
{
	return (u128)a.hi << 64 | a.lo;
}

static struct tt_addr
address(u128 a)
{
	return (struct tt_addr){.hi = (uint64_t)(a >> 64), .lo = (uint64_t)a};
}

static u128
low_mask(unsigned bits)
{
	return bits < 128 ? ((u128)1 << bits) - 1 : ~(u128)0;
}

/* Takes the length of a prefix of addresses with so many bits; gives how many it leaves. */
static int
parse_bits(const char *text, unsigned most, unsigned *bits)
{
	unsigned length = 0;
	char again[16];

	for (const char *at = text; *at >= '0' && *at <= '9' && length <= most; at++)
		length = length * 10 + (unsigned)(*at - '0');
	snprintf(again, sizeof(again), "%u", length);
	*bits = most - length;
	return length > most || strcmp(again, text) != 0 ? -EINVAL : 0;
}

/* Takes "192.0.2.1" or "192.0.2.0/24" as tt_units_format writes them. */
static int
parse(const char *text, struct text_prefix *p)
{
	const char *slash = strchrnul(text, '/');
	char address_text[TT_ADDR_TEXT_MAX], again[TT_ADDR_TEXT_MAX];
	size_t length = (size_t)(slash - text);
	struct tt_addr addr;

	if (length >= sizeof(address_text))
		return -EINVAL;
	memcpy(address_text, text, length);
	address_text[length] = '\0';
	if (tt_addr_parse(address_text, &addr) != 0
			|| strcmp(tt_addr_format(addr, again), address_text) != 0)
		return -EINVAL;
	p->v4 = tt_addr_is_v4(addr);
	p->whole = *slash != '\0';
	p->bits = 0;
	if (p->whole && parse_bits(slash + 1, p->v4 ? 32 : 128, &p->bits) != 0)
		return -EINVAL;
	p->first = number(addr);
	p->last = p->first | low_mask(p->bits);
	return (p->first & low_mask(p->bits)) != 0 ? -EINVAL : 0;
}

/* Takes what lies in both the prefix and the range from `first` to `last`, if it is a unit. */
static void
take_part(struct found *f, const struct text_prefix *p, u128 first, u128 last)
{
	first = first > p->first ? first : p->first;
	last = last < p->last ? last : p->last;
	/* A part of one address is written as that address. */
	if (first > last || (p->whole && first == last))
		return;
	f->monitored++;
	if (first >= f->after && f->n++ == 0) {
		f->first = first;
		f->last = last;
	}
}

static void
take_range(struct found *f, const struct text_prefix *p, const struct tt_range *range)
{
	u128 first = number(range->first), last = number(range->last);

	if (p->v4) {
		take_part(f, p, first, last);
		return;
	}
	take_part(f, p, first, last < MAPPED_FIRST ? last : MAPPED_FIRST - 1);
	take_part(f, p, first > MAPPED_LAST ? first : MAPPED_LAST + 1, last);
}

/* The first range of the set that ends at the address or after it. */
static unsigned
first_range(const struct tt_prefix_set *set, u128 from)
{
	unsigned low = 0, high = set->n_ranges;

	while (low < high) {
		unsigned mid = (low + high) / 2;

		if (number(set->ranges[mid].last) < from)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct found
find_units(const struct tt_prefix_set *set, const struct text_prefix *p, u128 after)
{
	struct found f = {.after = after};

	for (unsigned i = first_range(set, p->first);
			i < set->n_ranges && number(set->ranges[i].first) <= p->last; i++)
		take_range(&f, p, &set->ranges[i]);
	return f;
}

/* A row more of the same text, and in order of class: of the same unit, or else of a later one. */
static void
stay(struct tt_check_unit *u)
{
	if (u->rows < u->units)
		u->most++;
	u->rows++;
}

static uint64_t
hash_text(const char *text)
{
	uint64_t hash = 0;

	while (*text != '\0')
		hash = tt_hash_mix(hash ^ (uint8_t)*text++) + 1;
	return hash;
}

/* Enters the first or the only unit of a text. */
static void
name_unit(struct tt_check_unit *u, const char *text, const struct text_prefix *p)
{
	u->base = address(p->first);
	u->key = hash_text(text);
	snprintf(u->text, sizeof(u->text), "%s", text);
}

static void
move_to(struct tt_check_unit *u, const char *text, const struct text_prefix *p,
		const struct found *f, bool same)
{
	u->range = (struct tt_range){address(f->first), address(f->last)};
	u->at = u->range.first;
	u->least++;
	if (same) {
		stay(u);
		return;
	}
	u->most++;
	u->rows = 1;
	u->units = f->n;
	u->parts = f->monitored;
	name_unit(u, text, p);
}

/* As verify orders the units of merged snapshots: by address, then the wider one. */
static uint64_t
within(const struct text_prefix *p, uint64_t host)
{
	return (uint64_t)(128 - p->bits) << 32 | host;
}

/* tt_check_unit of a merged snapshot. */
static int
check_merged(struct tt_check *t, const char *text, bool again)
{
	struct tt_check_unit *u = &t->unit;
	bool any = u->least > 0, same = any && strcmp(text, u->text) == 0;
	struct text_prefix p;
	struct found f;

	if (same && !again)
		return 0;
	if (strlen(text) >= sizeof(u->text) || parse(text, &p) != 0)
		return tt_check_wrong(t, "a destination that cannot be");
	f = find_units(&t->sums->monitored, &p, 0);
	if (f.monitored == 0)
		return tt_check_wrong(t, "a destination that is not monitored");
	if (any
			&& (p.first < number(u->at)
					|| (p.first == number(u->at)
							&& within(&p, 0) <= u->within)))
		return tt_check_wrong(t, "not in order, or a row that is there twice");
	u->nested = any && p.first <= number(u->widest_last);
	if (!u->nested)
		u->widest_last = address(p.last);
	u->range = (struct tt_range){address(p.first), address(p.last)};
	u->at = address(p.first);
	u->within = within(&p, 0);
	u->parts = 1;
	u->least = ++u->most;
	name_unit(u, text, &p);
	return 0;
}

int
tt_check_unit(struct tt_check *t, const char *text, bool again)
{
	struct tt_check_unit *u = &t->unit;
	bool any = u->least > 0, same = any && strcmp(text, u->text) == 0;
	bool at_end = any && ~number(u->range.last) == 0;
	struct text_prefix p;
	struct found f;

	if (tt_check_is_merged(t->m))
		return check_merged(t, text, again);
	if (same && !again) {
		stay(u);
		return 0;
	}
	if (strlen(text) >= sizeof(u->text) || parse(text, &p) != 0)
		return tt_check_wrong(t, "a destination that cannot be");
	f = find_units(&t->sums->monitored, &p, any ? number(u->range.last) + 1 : 0);
	if (f.monitored == 0)
		return tt_check_wrong(t, "a destination that is not monitored");
	if (f.n == 0 || at_end)
		return tt_check_wrong(t, "not in order, or a row that is there twice");
	move_to(u, text, &p, &f, same);
	return 0;
}

/* The same of a column, worked out once for each text, with the hash of the text. */
static int
take_prefix(const struct tt_check *t, unsigned column, struct text_prefix *p,
		uint64_t *key)
{
	struct tt_check_word *w = tt_check_word(t, column);
	const char *text = tt_check_text(t, column);

	if (TT_LIKELY(w->known)) {
		*p = (struct text_prefix){.first = number(w->addr),
				.last = number(w->addr) | low_mask(w->bits),
				.bits = w->bits,
				.v4 = tt_addr_is_v4(w->addr),
				.whole = w->whole};
		*key = w->number;
		return 0;
	}
	if (strlen(text) >= TT_SKETCH_KEY_MAX || parse(text, p) != 0)
		return tt_check_wrong(t, "a destination that cannot be");
	*key = hash_text(text);
	*w = (struct tt_check_word){.addr = address(p->first),
			.number = *key,
			.bits = p->bits,
			.whole = p->whole,
			.known = true};
	return 0;
}

/* The unit of an IPv4 address, as the part of the text's prefix that is monitored around it. */
static int
take_host(struct tt_check *t, struct tt_addr addr, const struct text_prefix *p,
		uint64_t key)
{
	const struct tt_prefix_set *set = &t->sums->monitored;
	unsigned i = first_range(set, number(addr));
	struct tt_check_unit *u = &t->unit;
	struct found f = {0};

	if (i < set->n_ranges && tt_addr_cmp(set->ranges[i].first, addr) <= 0)
		take_range(&f, p, &set->ranges[i]);
	if (f.n == 0)
		return tt_check_wrong(t, "a destination that is not monitored");
	u->range = (struct tt_range){address(f.first), address(f.last)};
	u->base = address(p->first);
	u->at = addr;
	if (tt_check_is_merged(t->m)) {
		u->range = (struct tt_range){address(p->first), address(p->last)};
		u->at = u->base;
		u->within = within(p, (uint64_t)(number(addr) - p->first));
	}
	u->least = u->parts = 1;
	u->key = key;
	u->text[0] = '\0';
	return 0;
}

/* An IPv4 address that was found to be monitored before. */
static int
take_single(struct tt_check *t, const struct tt_check_word *w)
{
	const struct text_prefix one = {0};
	struct tt_check_unit *u = &t->unit;

	u->range = (struct tt_range){w->addr, w->addr};
	u->base = u->at = w->addr;
	u->within = tt_check_is_merged(t->m) ? within(&one, 0) : 0;
	u->least = u->parts = 1;
	u->key = w->number;
	u->text[0] = '\0';
	return 0;
}

int
tt_check_unit_host(struct tt_check *t, unsigned column, bool again,
		struct tt_addr *destination)
{
	const struct tt_check_word *w = tt_check_word(t, column);
	struct tt_check_unit *u = &t->unit;
	int64_t host = tt_check_int(t, column + 1);
	struct text_prefix p;
	uint64_t key = 0;
	int ret;

	if (TT_LIKELY(w->known && !w->whole && host == 0 && tt_addr_is_v4(w->addr))) {
		*destination = w->addr;
		return take_single(t, w);
	}
	if (take_prefix(t, column, &p, &key) != 0)
		return -EBADMSG;
	if (host < 0 || (u128)host > p.last - p.first || (!p.v4 && host != 0))
		return tt_check_wrong(t, "a host that its destination cannot have");
	if (p.v4) {
		*destination = address(p.first + (u128)host);
		return take_host(t, *destination, &p, key);
	}
	ret = tt_check_unit(t, tt_check_text(t, column), again);
	*destination = u->range.first;
	return ret;
}
