/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Frames for the decoder's tests, as hexadecimal text that is put together from pieces. They
 * are decoded in a heap block of just their size, so that the address sanitizer sees a read
 * past the captured length.
 */
#ifndef FRAME_TEXT_H
#define FRAME_TEXT_H

#include "tt_packet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ETH      "0200 0000 0001 0200 0000 0002 "
#define TCP_SYN  "1770 01bd 00000001 00000000 5002 0400 0000 0000 " /* 6000 to 445 */
#define UDP_1434 "0400 059a 0008 0000 "
#define V4_ADDRS "c6336407 c0000201 " /* 198.51.100.7 to 192.0.2.1 */
#define V6_ADDRS \
	"20010db8 00000000 00000000 00000007 20010db8 00000001 00000000 00000001 "
#define V4_TCP "4500 0028 1234 4000 3906 0000 " V4_ADDRS TCP_SYN
#define V4_UDP "4500 001c 1234 0000 3911 0000 " V4_ADDRS UDP_1434
#define V6_TCP "6000 0000 0014 06 39 " V6_ADDRS TCP_SYN

#define FRAME_MAX 4096

static inline size_t
bytes_of(const char *hex, uint8_t *b)
{
	size_t digits = 0;

	for (; *hex != '\0'; hex++) {
		unsigned digit;

		if (*hex == ' ')
			continue;
		digit = *hex <= '9' ? (unsigned)(*hex - '0')
				    : (unsigned)(*hex - 'a' + 10);
		assert_true(digit < 16 && digits / 2 < FRAME_MAX);
		b[digits / 2] = (uint8_t)(digits % 2 == 0 ? digit << 4
							  : b[digits / 2] | digit);
		digits++;
	}
	assert_int_equal(digits % 2, 0);
	return digits / 2;
}

static inline enum tt_fate
decode_bytes(const uint8_t *b, size_t n, uint16_t link, struct tt_packet *p)
{
	uint8_t *exact = malloc(n == 0 ? 1 : n);
	enum tt_fate fate;

	assert_non_null(exact);
	memcpy(exact, b, n);
	memset(p, 0xa5, sizeof(*p));
	fate = tt_packet_decode(n == 0 ? exact + 1 : exact, (uint32_t)n, link, p);
	free(exact);
	return fate;
}

static inline enum tt_fate
decode(const char *hex, uint16_t link, struct tt_packet *p)
{
	uint8_t b[FRAME_MAX];

	return decode_bytes(b, bytes_of(hex, b), link, p);
}

static inline void
expect_fate(const char *hex, uint16_t link, enum tt_fate fate)
{
	struct tt_packet p;

	assert_string_equal(tt_fate_name(decode(hex, link, &p)), tt_fate_name(fate));
}

static inline void
expect_eth(const char *hex, enum tt_fate fate)
{
	expect_fate(hex, TT_LINK_ETHERNET, fate);
}

#endif
