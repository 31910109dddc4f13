/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_capng_out.h"

#include "tt_capfile_private.h"

#include <string.h>

static const uint8_t padding[4];

static uint32_t
padded(uint32_t n)
{
	return (n + 3) & ~UINT32_C(3);
}

int
tt_capng_put_head(const struct tt_capng_out *out, const uint16_t *links, unsigned n,
		uint32_t most, struct tt_error *err)
{
	uint8_t section[28], interface[20];
	int ret;

	tt_capfile_put_u32(section, TT_CAPNG_SECTION);
	tt_capfile_put_u32(section + 4, sizeof(section));
	tt_capfile_put_u32(section + 8, TT_CAPNG_MAGIC);
	tt_capfile_put_u16(section + 12, 1);
	tt_capfile_put_u16(section + 14, 0);
	memset(section + 16, 0xff, 8); /* its length is not stated */
	tt_capfile_put_u32(section + 24, sizeof(section));
	ret = out->put(out->context, section, sizeof(section), err);
	for (unsigned i = 0; ret == 0 && i < n; i++) {
		tt_capfile_put_u32(interface, TT_CAPNG_INTERFACE);
		tt_capfile_put_u32(interface + 4, sizeof(interface));
		tt_capfile_put_u16(interface + 8, links[i]);
		tt_capfile_put_u16(interface + 10, 0);
		tt_capfile_put_u32(interface + 12, most);
		tt_capfile_put_u32(interface + 16, sizeof(interface));
		ret = out->put(out->context, interface, sizeof(interface), err);
	}
	return ret;
}

/* The length of the comment, which ends with a whole character. */
static uint32_t
comment_length(const char *comment)
{
	size_t n = strnlen(comment, TT_CAPNG_COMMENT_MAX + 1);

	if (n <= TT_CAPNG_COMMENT_MAX)
		return (uint32_t)n;
	n = TT_CAPNG_COMMENT_MAX;
	while (n > 0 && (comment[n] & 0xc0) == 0x80)
		n--;
	return (uint32_t)n;
}

static int
put_padded(const struct tt_capng_out *out, const void *bytes, uint32_t n,
		struct tt_error *err)
{
	int ret = out->put(out->context, bytes, n, err);

	return ret != 0 ? ret : out->put(out->context, padding, padded(n) - n, err);
}

/* The option with the comment, the end of options, and that of the block. */
static int
put_tail(const struct tt_capng_out *out, const char *comment, uint32_t n, uint32_t total,
		struct tt_error *err)
{
	uint8_t head[4], tail[8] = {0};
	int ret;

	tt_capfile_put_u16(head, TT_CAPNG_COMMENT);
	tt_capfile_put_u16(head + 2, (uint16_t)n);
	tt_capfile_put_u32(tail + 4, total);
	ret = out->put(out->context, head, sizeof(head), err);
	if (ret == 0)
		ret = put_padded(out, comment, n, err);
	return ret != 0 ? ret : out->put(out->context, tail, sizeof(tail), err);
}

int
tt_capng_put_packet(const struct tt_capng_out *out, uint32_t interface,
		const struct tt_frame *frame, const char *comment, struct tt_error *err)
{
	const uint32_t n = comment_length(comment);
	const uint32_t total = 28 + padded(frame->captured) + 4 + padded(n) + 8;
	const uint64_t us = (uint64_t)frame->time_us;
	uint8_t head[28];
	int ret;

	tt_capfile_put_u32(head, TT_CAPNG_PACKET);
	tt_capfile_put_u32(head + 4, total);
	tt_capfile_put_u32(head + 8, interface);
	tt_capfile_put_u32(head + 12, (uint32_t)(us >> 32));
	tt_capfile_put_u32(head + 16, (uint32_t)us);
	tt_capfile_put_u32(head + 20, frame->captured);
	tt_capfile_put_u32(head + 24, frame->length);
	ret = out->put(out->context, head, sizeof(head), err);
	if (ret == 0)
		ret = put_padded(out, frame->data, frame->captured, err);
	return ret != 0 ? ret : put_tail(out, comment, n, total, err);
}
