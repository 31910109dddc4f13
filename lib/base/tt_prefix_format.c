/* SPDX-License-Identifier: BSD-3-Clause */
/* A set of prefixes as text. */
#include "tt_prefix_private.h"

/* The shortest prefix that starts at `first` and ends no later than `last`; its length. */
static unsigned
widest_prefix(struct tt_addr first, struct tt_addr last)
{
	unsigned bits = 128;

	while (bits > 0) {
		struct tt_addr mask = tt_prefix_host_mask(bits - 1);
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
		struct tt_addr mask = tt_prefix_host_mask(bits);
		struct tt_addr end = {first.hi | mask.hi, first.lo | mask.lo};
		bool v4 = tt_addr_is_v4(first) && bits >= 96;

		fprintf(out, "%s%s/%u", *started ? "," : "", tt_addr_format(first, text),
				v4 ? bits - 96 : bits);
		*started = true;
		if (tt_addr_cmp(end, r->last) >= 0)
			return;
		first = tt_prefix_addr_next(end);
	}
}

/* The ranges of IPv4. */
static void
format_v4(FILE *out, const struct tt_prefix_set *set, bool *started)
{
	for (unsigned i = 0; i < set->n_ranges; i++) {
		struct tt_range r = set->ranges[i];

		if (tt_addr_cmp(r.first, tt_prefix_mapped.first) < 0)
			r.first = tt_prefix_mapped.first;
		if (tt_addr_cmp(r.last, tt_prefix_mapped.last) > 0)
			r.last = tt_prefix_mapped.last;
		if (tt_addr_cmp(r.first, r.last) <= 0)
			format_range(out, &r, started);
	}
}

/* The ranges of IPv6; two that meet at the mapped addresses were one prefix, and are again. */
static void
format_v6(FILE *out, const struct tt_prefix_set *set, bool *started)
{
	struct tt_range open = {0}, parts[2];
	bool is_open = false;

	for (unsigned i = 0; i < set->n_ranges; i++) {
		unsigned n = tt_prefix_without_mapped(set->ranges[i], parts);

		for (unsigned k = 0; k < n; k++) {
			if (is_open
					&& tt_addr_cmp(tt_prefix_addr_next(open.last),
							   tt_prefix_mapped.first)
							== 0
					&& tt_addr_cmp(parts[k].first,
							   tt_prefix_addr_next(
									   tt_prefix_mapped.last))
							== 0) {
				open.last = parts[k].last;
				continue;
			}
			if (is_open)
				format_range(out, &open, started);
			open = parts[k];
			is_open = true;
		}
	}
	if (is_open)
		format_range(out, &open, started);
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
	format_v4(out, set, &started);
	format_v6(out, set, &started);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
