/* SPDX-License-Identifier: BSD-3-Clause */
/* The elements of lists that are none themselves: addresses and ports as rules write them. */
#include "tt_rule_list.h"

#include <errno.h>
#include <string.h>

/* Addresses of IPv4 stand among those of IPv6 as ::ffff:0:0/96 (tt_addr.h). */
#define MAPPED_FIRST ((tt_rule_member)0xffff << 32)
#define MAPPED_LAST  (MAPPED_FIRST | UINT32_MAX)

static bool
copy_word(struct tt_rule_word word, char *text, size_t size)
{
	if (word.n == 0 || word.n >= size || memchr(word.at, '\0', word.n) != NULL)
		return false;
	memcpy(text, word.at, word.n);
	text[word.n] = '\0';
	return true;
}

static bool
read_address(struct tt_rule_word word, struct tt_addr *a)
{
	char text[TT_ADDR_TEXT_MAX];

	return copy_word(word, text, sizeof(text)) && tt_addr_parse(text, a) == 0;
}

/* "24", or of IPv4 "255.255.255.0". Returns bits of the prefix, or -1. */
static int
read_prefix(struct tt_rule_word word, bool v4)
{
	struct tt_addr mask;
	int64_t bits;

	if (tt_rule_word_number(word, 0, v4 ? 32 : 128, &bits))
		return (int)bits;
	if (v4 && read_address(word, &mask) && tt_addr_is_v4(mask)) {
		const uint32_t m = (uint32_t)mask.lo;

		if (m == 0)
			return 0;
		if ((~m & (~m + 1)) == 0) /* ones, then zeros */
			return 32 - __builtin_ctz(m);
	}
	return -1;
}

/* A range of one version: of IPv6, without what stands for IPv4. */
static int
add_range(struct tt_rule_set *to, bool v4, tt_rule_member first, tt_rule_member last)
{
	int ret = 0;

	if (v4 || first > MAPPED_LAST || last < MAPPED_FIRST)
		return tt_rule_set_add(to, first, last);
	if (first < MAPPED_FIRST)
		ret = tt_rule_set_add(to, first, MAPPED_FIRST - 1);
	if (ret == 0 && last > MAPPED_LAST)
		ret = tt_rule_set_add(to, MAPPED_LAST + 1, last);
	return ret;
}

static int
read_addresses(struct tt_rule_word word, struct tt_rule_set *to)
{
	struct tt_rule_word rest = word, part;
	struct tt_addr first, last;
	const bool range = word.n > 0 && memchr(word.at, '-', word.n) != NULL;
	tt_rule_member span;
	int bits;

	tt_rule_word_next(&rest, range ? '-' : '/', &part);
	if (!read_address(part, &first))
		return -EINVAL;
	if (range) {
		tt_rule_word_next(&rest, '-', &part);
		if (rest.at != NULL || !read_address(part, &last)
				|| tt_addr_is_v4(first) != tt_addr_is_v4(last)
				|| tt_addr_cmp(first, last) > 0)
			return -EINVAL;
		return add_range(to, tt_addr_is_v4(first), tt_addr_number(first),
				tt_addr_number(last));
	}
	bits = tt_addr_is_v4(first) ? 32 : 128;
	if (rest.at != NULL) {
		tt_rule_word_next(&rest, '/', &part);
		bits = rest.at == NULL ? read_prefix(part, tt_addr_is_v4(first)) : -1;
	}
	if (bits < 0)
		return -EINVAL;
	bits = (tt_addr_is_v4(first) ? 32 : 128) - bits;
	span = bits == 128 ? ~(tt_rule_member)0 : ((tt_rule_member)1 << bits) - 1;
	return add_range(to, tt_addr_is_v4(first), tt_addr_number(first) & ~span,
			tt_addr_number(first) | span);
}

static int
read_ports(struct tt_rule_word word, struct tt_rule_set *to)
{
	struct tt_rule_word rest = word, part;
	int64_t first = 0, last = UINT16_MAX;
	const bool range = word.n > 0 && memchr(word.at, ':', word.n) != NULL;

	tt_rule_word_next(&rest, ':', &part);
	if (!(range && part.n == 0) && !tt_rule_word_number(part, 0, UINT16_MAX, &first))
		return -EINVAL;
	if (!range) {
		last = first;
	} else {
		tt_rule_word_next(&rest, ':', &part);
		if (rest.at != NULL
				|| (part.n > 0
						&& !tt_rule_word_number(part, 0,
								UINT16_MAX, &last))
				|| first > last)
			return -EINVAL;
	}
	return tt_rule_set_add(to, (tt_rule_member)first, (tt_rule_member)last);
}

const struct tt_rule_members tt_rule_addresses_of = {
		"address", "addresses", ~(tt_rule_member)0, read_addresses};
const struct tt_rule_members tt_rule_ports_of = {"port", "ports", UINT16_MAX, read_ports};
