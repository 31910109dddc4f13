/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_prefix.h"

#include <errno.h>
#include <string.h>

static struct tt_addr
addr_next(struct tt_addr a)
{
	a.lo++;
	if (a.lo == 0)
		a.hi++;
	return a;
}

static bool
addr_is_max(struct tt_addr a)
{
	return a.hi == UINT64_MAX && a.lo == UINT64_MAX;
}

/* The mask of the host bits of a prefix of `bits` (0 to 128) bits. */
static struct tt_addr
host_mask(unsigned bits)
{
	if (bits == 0)
		return (struct tt_addr){UINT64_MAX, UINT64_MAX};
	if (bits <= 64)
		return (struct tt_addr){bits == 64 ? 0 : UINT64_MAX >> bits, UINT64_MAX};
	return (struct tt_addr){0, bits == 128 ? 0 : UINT64_MAX >> (bits - 64)};
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

static int
parse_cidr(char *text, struct tt_range *range, struct tt_error *err)
{
	char whole[64];
	char *slash;
	unsigned bits, max;
	bool v4;
	struct tt_addr mask;

	TT_ASSERT(text != NULL);
	snprintf(whole, sizeof(whole), "%.63s", text);
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
	mask = host_mask(v4 ? bits + 96 : bits);
	if ((range->first.hi & mask.hi) != 0 || (range->first.lo & mask.lo) != 0)
		return tt_error_set(err, -EINVAL, whole,
				"not a CIDR prefix: host bits are set");
	range->last = (struct tt_addr){
			range->first.hi | mask.hi, range->first.lo | mask.lo};
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
				|| tt_addr_cmp(r[i].first, addr_next(top->last)) <= 0) {
			if (tt_addr_cmp(r[i].last, top->last) > 0)
				top->last = r[i].last;
		} else {
			r[++out] = r[i];
		}
	}
	return out + 1;
}

int
tt_prefix_set_parse(
		struct tt_prefix_set *set, const char *cidr_list, struct tt_error *err)
{
	char *copy = strdup(cidr_list);
	char *rest = copy, *item;
	unsigned n = 0, room = 0;
	struct tt_range *ranges = NULL;
	int ret = 0;

	if (copy == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	while (ret == 0 && (item = strsep(&rest, ",")) != NULL) {
		item += strspn(item, " \t");
		item[strcspn(item, " \t\r\n")] = '\0';
		if (n == room) {
			room = room == 0 ? 16 : room * 2;
			struct tt_range *more = reallocarray(
					ranges, room, sizeof(*ranges));
			if (more == NULL) {
				ret = tt_error_set(err, -ENOMEM, NULL, "out of memory");
				break;
			}
			ranges = more;
		}
		ret = parse_cidr(item, &ranges[n++], err);
	}
	free(copy);
	if (ret == 0) {
		n = merge_ranges(ranges, n);
		if (n > TT_PREFIX_RANGES_MAX)
			ret = tt_error_set(err, -E2BIG, NULL,
					"%u separate prefixes, at most %d", n,
					TT_PREFIX_RANGES_MAX);
	}
	if (ret != 0) {
		free(ranges);
		return ret;
	}
	tt_prefix_set_fini(set);
	set->ranges = ranges;
	set->n_ranges = n;
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

/* The shortest prefix that starts at `first` and ends no later than `last`; its length. */
static unsigned
widest_prefix(struct tt_addr first, struct tt_addr last)
{
	unsigned bits = 128;

	while (bits > 0) {
		struct tt_addr mask = host_mask(bits - 1);
		struct tt_addr end = {first.hi | mask.hi, first.lo | mask.lo};

		if ((first.hi & mask.hi) != 0 || (first.lo & mask.lo) != 0
				|| tt_addr_cmp(end, last) > 0)
			break;
		bits--;
	}
	return bits;
}

static void
format_range(FILE *out, const struct tt_range *r, bool *started)
{
	struct tt_addr first = r->first;
	char text[TT_ADDR_TEXT_MAX];

	for (;;) {
		unsigned bits = widest_prefix(first, r->last);
		struct tt_addr mask = host_mask(bits);
		struct tt_addr end = {first.hi | mask.hi, first.lo | mask.lo};
		bool v4 = tt_addr_is_v4(first) && bits >= 96;

		fprintf(out, "%s%s/%u", *started ? "," : "", tt_addr_format(first, text),
				v4 ? bits - 96 : bits);
		*started = true;
		if (tt_addr_cmp(end, r->last) >= 0)
			return;
		first = addr_next(end);
	}
}

char *
tt_prefix_set_format(const struct tt_prefix_set *set)
{
	char *text = NULL;
	size_t size = 0;
	bool started = false;
	FILE *out = open_memstream(&text, &size);

	if (out == NULL)
		return NULL;
	for (unsigned i = 0; i < set->n_ranges; i++)
		format_range(out, &set->ranges[i], &started);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

bool
tt_prefix_set_search(const struct tt_prefix_set *set, struct tt_addr a)
{
	unsigned low = 0, high = set->n_ranges;

	while (low < high) {
		unsigned mid = (low + high) / 2;

		if (tt_addr_cmp(set->ranges[mid].last, a) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < set->n_ranges && tt_range_has(&set->ranges[low], a);
}
