/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_addr.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <string.h>

/* Writes 0 to 255 without leading zeros, which the next digit takes the place of: how many there are
 * cannot be foreseen. Returns where it ends. */
static inline char *
put_byte(char *at, unsigned value)
{
	*at = (char)('0' + value / 100);
	at += value >= 100;
	*at = (char)('0' + value / 10 % 10);
	at += value >= 10;
	*at = (char)('0' + value % 10);
	return at + 1;
}

/* Every row of a source has one: inet_ntop takes ten times as long. */
static void
format_v4(uint32_t a, char *at)
{
	for (int shift = 24; shift >= 0; shift -= 8) {
		at = put_byte(at, a >> shift & 0xff);
		*at++ = shift == 0 ? '\0' : '.';
	}
}

char *
tt_addr_format(struct tt_addr a, char text[TT_ADDR_TEXT_MAX])
{
	if (tt_addr_is_v4(a)) {
		format_v4((uint32_t)a.lo, text);
	} else {
		uint64_t be[2] = {htobe64(a.hi), htobe64(a.lo)};

		inet_ntop(AF_INET6, be, text, TT_ADDR_TEXT_MAX);
	}
	return text;
}

/* As inet_pton, in a third of the time: four numbers without leading zeros, and nothing else. */
static bool
parse_v4(const char *at, uint32_t *address)
{
	uint32_t all = 0;

	for (unsigned i = 0; i < 4; i++) {
		unsigned digit = (unsigned)(*at - '0'), n = digit;

		if (digit > 9)
			return false;
		for (digit = (unsigned)(*++at - '0'); digit <= 9;
				digit = (unsigned)(*++at - '0')) {
			n = n * 10 + digit;
			if (n < 10 || n > 255)
				return false;
		}
		if (*at++ != (i < 3 ? '.' : '\0'))
			return false;
		all = all << 8 | n;
	}
	*address = all;
	return true;
}

int
tt_addr_parse(const char *text, struct tt_addr *a)
{
	uint64_t be[2];
	uint32_t v4;

	if (parse_v4(text, &v4)) {
		*a = tt_addr_v4(v4);
		return 0;
	}
	if (inet_pton(AF_INET6, text, be) == 1) {
		*a = (struct tt_addr){.hi = be64toh(be[0]), .lo = be64toh(be[1])};
		return 0;
	}
	return -EINVAL;
}
