/* SPDX-License-Identifier: BSD-3-Clause */
/* TCP options (RFC 9293 section 3.2): their layout in the names that p0f gave them. */
#include "tt_fingerprint_field.h"

#include <errno.h>
#include <string.h>

enum {
	EOL = 0,
	NOP = 1,
	MSS = 2,
	WS = 3,
	SOK = 4,
	SACK = 5,
	TS = 8
};

static const struct {
	char name[5];
	uint8_t kind;
} names[] = {
		{"eol", EOL},
		{"nop", NOP},
		{"mss", MSS},
		{"ws", WS},
		{"sok", SOK},
		{"sack", SACK},
		{"ts", TS},
};

/* "?30": an option that has no name here. Returns its kind, or -1. */
static int
parse_number(const char *text, size_t n)
{
	int kind = 0;

	if (n < 2 || n > 4 || text[0] != '?')
		return -1;
	for (size_t i = 1; i < n; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		kind = kind * 10 + (text[i] - '0');
	}
	return kind <= 255 ? kind : -1;
}

static int
parse_name(const char *text, size_t n)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++)
		if (strlen(names[i].name) == n && memcmp(names[i].name, text, n) == 0)
			return names[i].kind;
	return parse_number(text, n);
}

int
tt_fp_layout_parse(const char *text, size_t n, struct tt_fp_layout *layout)
{
	const char *end = text + n;

	*layout = (struct tt_fp_layout){0};
	if (n == 0)
		return 0;
	for (;;) {
		const char *comma = memchr(text, ',', (size_t)(end - text));
		const char *stop = comma == NULL ? end : comma;
		int kind = parse_name(text, (size_t)(stop - text));

		if (kind < 0 || layout->n == TT_FP_OPTIONS_MAX)
			return -EINVAL;
		layout->kinds[layout->n++] = (uint8_t)kind;
		if (comma == NULL)
			return 0;
		if (kind == EOL) /* nothing after it is an option */
			return -EINVAL;
		text = comma + 1;
	}
}

uint32_t
tt_fp_layout_find(const struct tt_fp_layouts *layouts, const struct tt_fp_layout *layout)
{
	for (unsigned i = 0; i < layouts->n; i++)
		if (layouts->layouts[i].n == layout->n
				&& memcmp(layouts->layouts[i].kinds, layout->kinds,
						   layout->n)
						== 0)
			return i + 1;
	return 0;
}

bool
tt_fp_options(const struct tt_fp_input *in, struct tt_fp_layout *layout, uint32_t *mss)
{
	const struct tt_packet *p = in->packet;
	const uint64_t ip_end = (uint64_t)p->ip_offset + p->ip_bytes;
	const uint32_t end = p->l4_offset + tt_fp_tcp_header_bytes(in);
	uint32_t at = p->l4_offset + 20u;

	layout->n = 0;
	*mss = 0;
	if (end < at || end > ip_end)
		return false;
	while (at < end) {
		const uint8_t kind = in->frame[at];
		uint32_t length = 1;

		if (kind > NOP) {
			length = at + 1 < end ? in->frame[at + 1] : 0;
			if (length < 2 || length > end - at)
				return false;
		}
		if (kind == MSS && length == 4 && *mss == 0)
			*mss = (uint32_t)in->frame[at + 2] << 8 | in->frame[at + 3];
		layout->kinds[layout->n++] = kind;
		if (kind == EOL)
			break;
		at += length;
	}
	return true;
}
