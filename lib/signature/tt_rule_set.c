/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_rule_set.h"

#include <errno.h>

void
tt_rule_set_fini(struct tt_rule_set *set)
{
	free(set->ranges);
	*set = (struct tt_rule_set){0};
}

int
tt_rule_set_add(struct tt_rule_set *set, tt_rule_member first, tt_rule_member last)
{
	if (set->n == set->room) {
		size_t room = set->room == 0 ? 8 : set->room * 2;
		void *more = reallocarray(set->ranges, room, sizeof(*set->ranges));

		if (more == NULL)
			return -ENOMEM;
		set->ranges = more;
		set->room = room;
	}
	set->ranges[set->n++] = (struct tt_rule_set_range){first, last};
	return 0;
}

int
tt_rule_set_add_all(struct tt_rule_set *set, const struct tt_rule_set *more)
{
	for (size_t i = 0; i < more->n; i++) {
		int ret = tt_rule_set_add(
				set, more->ranges[i].first, more->ranges[i].last);

		if (ret != 0)
			return ret;
	}
	return 0;
}

static int
by_first(const void *a, const void *b)
{
	const struct tt_rule_set_range *x = a, *y = b;

	return x->first < y->first ? -1 : x->first > y->first;
}

void
tt_rule_set_order(struct tt_rule_set *set)
{
	size_t n = 0;

	if (set->n == 0)
		return;
	qsort(set->ranges, set->n, sizeof(*set->ranges), by_first);
	for (size_t i = 1; i < set->n; i++) {
		struct tt_rule_set_range *to = &set->ranges[n];
		const struct tt_rule_set_range *from = &set->ranges[i];

		if (from->first <= to->last || from->first - 1 == to->last) {
			if (from->last > to->last)
				to->last = from->last;
		} else {
			set->ranges[++n] = *from;
		}
	}
	set->n = n + 1;
}

int
tt_rule_set_subtract(struct tt_rule_set *set, const struct tt_rule_set *other)
{
	struct tt_rule_set left = {0};
	size_t j = 0;

	for (size_t i = 0; i < set->n; i++) {
		tt_rule_member first = set->ranges[i].first;
		const tt_rule_member last = set->ranges[i].last;
		bool more = true;
		int ret = 0;

		while (j < other->n && other->ranges[j].last < first)
			j++;
		for (size_t k = j; more && k < other->n && other->ranges[k].first <= last;
				k++) {
			if (other->ranges[k].first > first)
				ret = tt_rule_set_add(
						&left, first, other->ranges[k].first - 1);
			more = other->ranges[k].last < last;
			first = other->ranges[k].last + 1;
			if (ret != 0)
				break;
		}
		if (ret == 0 && more)
			ret = tt_rule_set_add(&left, first, last);
		if (ret != 0) {
			tt_rule_set_fini(&left);
			return ret;
		}
	}
	tt_rule_set_fini(set);
	*set = left;
	return 0;
}
