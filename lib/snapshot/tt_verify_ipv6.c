/* SPDX-License-Identifier: BSD-3-Clause */
/* Rows of ipv6_targets. */
#include "tt_verify.h"

#include <errno.h>
#include <string.h>

/* The row of what is not told apart says nothing but how many. Its bytes need not be known. */
static int
check_rest(struct tt_check *t)
{
	struct tt_count *total = &t->sums->total[t->table];
	int64_t packets = tt_check_int(t, TT_IPV6_TARGETS_PACKETS);
	int64_t bytes = tt_check_int(t, TT_IPV6_TARGETS_BYTES);
	uint16_t country;

	if (tt_check_country(t, TT_IPV6_TARGETS_COUNTRY, true, &country) != 0)
		return -EBADMSG;
	if (*tt_check_text(t, TT_IPV6_TARGETS_CLASS) != '\0' || country != TT_COUNTRY_REST
			|| tt_check_int(t, TT_IPV6_TARGETS_CODE) != 0
			|| tt_check_int(t, TT_IPV6_TARGETS_BACKSCATTER) != 0
			|| packets < 1 || bytes < 0)
		return tt_check_wrong(t, "what is not told apart, and yet is");
	t->sums->ipv6_untold = true;
	if (__builtin_add_overflow(total->packets, (uint64_t)packets, &total->packets))
		return tt_check_wrong(t, "a count that cannot be");
	return tt_check_order(t, (uint64_t[]){1, 0, 0, 0}, 4);
}

int
tt_check_ipv6_target_row(struct tt_check *t)
{
	struct tt_target target;
	struct tt_count count;
	enum tt_class class;
	bool backscatter;
	uint16_t country;
	uint64_t key;

	if (tt_check_target(t, TT_IPV6_TARGETS_PROTOCOL, true, &target) != 0)
		return -EBADMSG;
	if (*tt_check_text(t, TT_IPV6_TARGETS_PROTOCOL) == '\0')
		return check_rest(t);
	if (tt_check_class(t, TT_IPV6_TARGETS_CLASS, &class) != 0
			|| tt_check_class_fits(t, &target, class) != 0
			|| tt_check_code(t, TT_IPV6_TARGETS_CODE, class, &target) != 0
			|| tt_check_flag(t, TT_IPV6_TARGETS_BACKSCATTER, &backscatter)
					!= 0
			|| tt_check_country(t, TT_IPV6_TARGETS_COUNTRY, false, &country)
					!= 0
			|| tt_check_count(t, TT_IPV6_TARGETS_PACKETS, class, &count) != 0)
		return -EBADMSG;
	if (!tt_check_may_be_backscatter(&target, class, backscatter))
		return tt_check_wrong(t, "backscatter that its class cannot be");
	key = tt_target_key_make(target, class);
	tt_match_count(&t->sums->match[TT_MATCH_PAIR_IPV6][1], key,
			(uint64_t)country << 1 | backscatter, count);
	return tt_check_order(t, (uint64_t[]){0, key, backscatter, country}, 4);
}
