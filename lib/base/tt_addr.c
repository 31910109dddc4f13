/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_addr.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <string.h>

/* Writes 0 to 255 without leading zeros; returns where it ends. */
static char *
put_byte(char *at, unsigned value)
{
	if (value >= 100)
		*at++ = (char)('0' + value / 100);
	if (value >= 10)
		*at++ = (char)('0' + value / 10 % 10);
	*at++ = (char)('0' + value % 10);
	return at;
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

int
tt_addr_parse(const char *text, struct tt_addr *a)
{
	struct in_addr v4;
	uint64_t be[2];

	if (inet_pton(AF_INET, text, &v4) == 1) {
		*a = tt_addr_v4(ntohl(v4.s_addr));
		return 0;
	}
	if (inet_pton(AF_INET6, text, be) == 1) {
		*a = (struct tt_addr){.hi = be64toh(be[0]), .lo = be64toh(be[1])};
		return 0;
	}
	return -EINVAL;
}
