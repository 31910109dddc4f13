/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_addr.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <string.h>

char *
tt_addr_format(struct tt_addr a, char text[TT_ADDR_TEXT_MAX])
{
	if (tt_addr_is_v4(a)) {
		struct in_addr v4 = {.s_addr = htonl((uint32_t)a.lo)};

		inet_ntop(AF_INET, &v4, text, TT_ADDR_TEXT_MAX);
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
