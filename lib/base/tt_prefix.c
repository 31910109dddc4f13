/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_prefix_private.h"

#include <errno.h>
#include <string.h>

static bool
addr_is_max(struct tt_addr a)
{
	return a.hi == UINT64_MAX && a.lo == UINT64_MAX;
}

static struct tt_addr
addr_before(struct tt_addr a)
{
	if (a.lo == 0)
		a.hi--;
	a.lo--;
	return a;
}

unsigned
tt_prefix_without_mapped(struct tt_range range, struct tt_range out[2])
{
	unsigned n = 0;

	if (tt_addr_cmp(range.first, tt_prefix_mapped.first) < 0) {
		out[n] = range;
		if (tt_addr_cmp(range.last, tt_prefix_mapped.first) >= 0)
			out[n].last = addr_before(tt_prefix_mapped.first);
		n++;
	}
	if (tt_addr_cmp(range.last, tt_prefix_mapped.last) > 0) {
		out[n] = range;
		if (tt_addr_cmp(range.first, tt_prefix_mapped.last) <= 0)
			out[n].first = tt_prefix_addr_next(tt_prefix_mapped.last);
		n++;
	}
	return n;
}

static int
parse_bits(const char *text, unsigned max, unsigned *bits)
{
	char *end;
	unsigned long value;

	if (*text < '0' || *text > '9')
		return -EINVAL;
	value = strtoul(text, &end, 10);
	if (*end != '\0' || value > max)
		return -EINVAL;
	*bits = (unsigned)value;
	return 0;
}

static const char blanks[] = " \t\r\n";

/* The element without the blanks around it, which it loses. */
static char *
trim(char *text)
{
	size_t n;

	text += strspn(text, blanks);
	n = strlen(text);
	while (n > 0 && strchr(blanks, text[n - 1]) != NULL)
		n--;
	text[n] = '\0';
	return text;
}

/* What lists of networks have elsewhere and not here; NULL where it is none of that. */
static const char *
other_notation(const char *text)
{
	const char *slash = strchr(text, '/'), *dash = strchr(text, '-');

	if (*text == '\0')
		return "it is empty, or there is a comma too many";
	if (strchr(text, ';') != NULL)
		return "commas stand between prefixes";
	if (dash != NULL && dash > text && dash[-1] != '/')
		return "ranges are not taken, give prefixes such as 192.0.2.0/24";
	if (slash != NULL && strchr(slash, '.') != NULL)
		return "masks are not taken, give the length such as /24";
	return NULL;
}

/* Parses one element into one range, or two around the mapped addresses; *n: how many. */
static int
parse_cidr(char *text, struct tt_range out[2], unsigned *n, struct tt_error *err)
{
	struct tt_range whole_range, *range = &whole_range;
	const char *other;
	char whole[64], *slash;
	unsigned bits, max;
	bool v4;
	struct tt_addr mask;

	TT_ASSERT(text != NULL);
	snprintf(whole, sizeof(whole), "%.63s", text);
	if (text[strcspn(text, blanks)] != '\0')
		return tt_error_set(err, -EINVAL, whole,
				"not a CIDR prefix: a blank in it (commas stand between prefixes)");
	for (const char *at = text; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~')
			return tt_error_set(err, -EINVAL, whole,
					"not a CIDR prefix: a full-width blank, or the like, in it");
	other = other_notation(text);
	if (other != NULL)
		return tt_error_set(err, -EINVAL, whole, "not a CIDR prefix: %s", other);
	slash = strchr(text, '/');
	if (slash != NULL)
		*slash = '\0';
	v4 = strchr(text, ':') == NULL;
	max = v4 ? 32 : 128;
	bits = max;
	if (tt_addr_parse(text, &range->first) != 0)
		return tt_error_set(
				err, -EINVAL, whole, "not a CIDR prefix: bad address");
	if (slash != NULL && parse_bits(slash + 1, max, &bits) != 0)
		return tt_error_set(err, -EINVAL, whole,
				"not a CIDR prefix: the length must be 0 to %u", max);
	mask = tt_prefix_host_mask(v4 ? bits + 96 : bits);
	if ((range->first.hi & mask.hi) != 0 || (range->first.lo & mask.lo) != 0)
		return tt_error_set(err, -EINVAL, whole,
				"not a CIDR prefix: host bits are set");
	range->last = (struct tt_addr){
			range->first.hi | mask.hi, range->first.lo | mask.lo};
	out[0] = *range;
	*n = v4 ? 1 : tt_prefix_without_mapped(*range, out);
	if (*n == 0)
		return tt_error_set(err, -EINVAL, whole,
				"not a CIDR prefix: IPv4 is written as IPv4, not mapped into IPv6");
	return 0;
}

static int
range_cmp(const void *a, const void *b)
{
	const struct tt_range *x = a, *y = b;

	return tt_addr_cmp(x->first, y->first);
}

static unsigned
merge_ranges(struct tt_range *r, unsigned n)
{
	unsigned out = 0;

	qsort(r, n, sizeof(*r), range_cmp);
	for (unsigned i = 1; i < n; i++) {
		struct tt_range *top = &r[out];

		if (addr_is_max(top->last)
				|| tt_addr_cmp(r[i].first, tt_prefix_addr_next(top->last))
						<= 0) {
			if (tt_addr_cmp(r[i].last, top->last) > 0)
				top->last = r[i].last;
		} else {
			r[++out] = r[i];
		}
	}
	return out + 1;
}

struct range_list {
	struct tt_range *ranges; /* [n] of [room] */
	unsigned n, room;
};

/* Makes room for two more ranges. */
static int
reserve(struct range_list *list, struct tt_error *err)
{
	unsigned room = list->room == 0 ? 16 : list->room * 2;
	struct tt_range *more;

	if (list->n + 2 <= list->room)
		return 0;
	more = reallocarray(list->ranges, room, sizeof(*more));
	if (more == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	list->ranges = more;
	list->room = room;
	return 0;
}

/* Parses the list, which it takes apart. */
static int
parse_list(struct range_list *list, char *text, struct tt_error *err)
{
	char *item;

	while ((item = strsep(&text, ",")) != NULL) {
		unsigned n = 0;
		int ret = reserve(list, err);

		if (ret == 0)
			ret = parse_cidr(trim(item), &list->ranges[list->n], &n, err);
		if (ret != 0)
			return ret;
		list->n += n;
	}
	list->n = merge_ranges(list->ranges, list->n);
	if (list->n > TT_PREFIX_RANGES_MAX)
		return tt_error_set(err, -E2BIG, NULL, "%u separate prefixes, at most %d",
				list->n, TT_PREFIX_RANGES_MAX);
	return 0;
}

static void
find_widest(struct tt_prefix_set *set)
{
	for (unsigned i = 0; i < set->n_ranges; i++) {
		const struct tt_range *r = &set->ranges[i];
		const uint64_t size = r->last.lo - r->first.lo + 1;

		if (!tt_addr_is_v4(r->first) || !tt_addr_is_v4(r->last)
				|| size <= set->wide_size)
			continue;
		set->wide_first = (uint32_t)r->first.lo;
		set->wide_size = size;
	}
}

int
tt_prefix_set_parse(
		struct tt_prefix_set *set, const char *cidr_list, struct tt_error *err)
{
	char *copy = strdup(cidr_list);
	struct range_list list = {0};
	int ret;

	if (copy == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	ret = parse_list(&list, copy, err);
	free(copy);
	if (ret != 0) {
		free(list.ranges);
		return ret;
	}
	tt_prefix_set_fini(set);
	set->ranges = list.ranges;
	set->n_ranges = list.n;
	find_widest(set);
	return 0;
}

void
tt_prefix_set_fini(struct tt_prefix_set *set)
{
	free(set->ranges);
	*set = (struct tt_prefix_set){0};
}

int64_t
tt_prefix_set_size(const struct tt_prefix_set *set)
{
	unsigned __int128 sum = 0;

	for (unsigned i = 0; i < set->n_ranges; i++) {
		const struct tt_range *r = &set->ranges[i];
		unsigned __int128 first = (unsigned __int128)r->first.hi << 64
				| r->first.lo;
		unsigned __int128 last = (unsigned __int128)r->last.hi << 64 | r->last.lo;

		if (last - first >= INT64_MAX)
			return INT64_MAX;
		sum += last - first + 1;
	}
	return sum > INT64_MAX ? INT64_MAX : (int64_t)sum;
}

/* A range may reach from IPv6 into IPv4 and out of it again. */
int64_t
tt_prefix_set_size_ipv4(const struct tt_prefix_set *set)
{
	int64_t size = 0;

	for (unsigned i = 0; i < set->n_ranges; i++) {
		const struct tt_range *r = &set->ranges[i];
		const struct tt_addr first = tt_addr_cmp(r->first, tt_prefix_mapped.first)
						< 0
				? tt_prefix_mapped.first
				: r->first;
		const struct tt_addr last = tt_addr_cmp(r->last, tt_prefix_mapped.last)
						> 0
				? tt_prefix_mapped.last
				: r->last;

		if (tt_addr_cmp(first, last) <= 0)
			size += (int64_t)(last.lo - first.lo) + 1;
	}
	return size;
}

bool
tt_prefix_set_has_ipv6(const struct tt_prefix_set *set)
{
	for (unsigned i = 0; i < set->n_ranges; i++)
		if (!tt_addr_is_v4(set->ranges[i].first)
				|| !tt_addr_is_v4(set->ranges[i].last))
			return true;
	return false;
}

bool
tt_prefix_set_search(const struct tt_prefix_set *set, struct tt_addr a)
{
	const unsigned __int128 n = tt_addr_number(a);
	const struct tt_range *r = set->ranges;

	if (set->n_ranges == 0)
		return false;
	/* The last range that begins at or before the address, without branches on it. */
	for (unsigned left = set->n_ranges; left > 1;) {
		const unsigned half = left / 2;

		r += (tt_addr_number(r[half].first) <= n) * half;
		left -= half;
	}
	return tt_range_has(r, a);
}
