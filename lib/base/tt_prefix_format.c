/* SPDX-License-Identifier: BSD-3-Clause */
/* A set of prefixes one by one, and as text. */
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

struct visit {
	void (*call)(void *to, struct tt_addr first, bool ipv4, unsigned length);
	void *to;
};

static void
visit_range(const struct visit *v, const struct tt_range *r)
{
	struct tt_addr first = r->first;

	for (;;) {
		unsigned bits = widest_prefix(first, r->last);
		struct tt_addr mask = tt_prefix_host_mask(bits);
		struct tt_addr end = {first.hi | mask.hi, first.lo | mask.lo};
		bool v4 = tt_addr_is_v4(first) && bits >= 96;

		v->call(v->to, first, v4, v4 ? bits - 96 : bits);
		if (tt_addr_cmp(end, r->last) >= 0)
			return;
		first = tt_prefix_addr_next(end);
	}
}

/* The ranges of IPv4. */
static void
visit_v4(const struct visit *v, const struct tt_prefix_set *set)
{
	for (unsigned i = 0; i < set->n_ranges; i++) {
		struct tt_range r = set->ranges[i];

		if (tt_addr_cmp(r.first, tt_prefix_mapped.first) < 0)
			r.first = tt_prefix_mapped.first;
		if (tt_addr_cmp(r.last, tt_prefix_mapped.last) > 0)
			r.last = tt_prefix_mapped.last;
		if (tt_addr_cmp(r.first, r.last) <= 0)
			visit_range(v, &r);
	}
}

/* The ranges of IPv6; two that meet at the mapped addresses were one prefix, and are again. */
static void
visit_v6(const struct visit *v, const struct tt_prefix_set *set)
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
				visit_range(v, &open);
			open = parts[k];
			is_open = true;
		}
	}
	if (is_open)
		visit_range(v, &open);
}

void
tt_prefix_set_each(const struct tt_prefix_set *set,
		void (*call)(void *to, struct tt_addr first, bool ipv4, unsigned length),
		void *to)
{
	const struct visit visit = {call, to};

	visit_v4(&visit, set);
	visit_v6(&visit, set);
}

struct text {
	FILE *out;
	bool started;
};

static void
print(void *to, struct tt_addr first, bool ipv4, unsigned length)
{
	struct text *t = to;
	char address[TT_ADDR_TEXT_MAX];

	fprintf(t->out, "%s%s/%u", t->started ? "," : "", tt_addr_format(first, address),
			length);
	t->started = true;
}

char *
tt_prefix_set_format(const struct tt_prefix_set *set)
{
	char *text = NULL;
	size_t size = 0;
	struct text to = {open_memstream(&text, &size), false};

	if (to.out == NULL)
		return NULL;
	tt_prefix_set_each(set, print, &to);
	if (fclose(to.out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
