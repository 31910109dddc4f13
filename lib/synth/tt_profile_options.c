/* SPDX-License-Identifier: BSD-3-Clause */
/* TCP's options and flags, from their text to the header's bytes. */
#include "tt_profile_text.h"

#include <errno.h>
#include <string.h>

/* RFC 9293 section 3.2, RFC 7323 sections 2.2 and 3.2, RFC 2018 section 2. */
static const struct option {
	const char *name;
	uint8_t kind, length;
	uint8_t value_bytes; /* a number after the name, this wide */
	uint16_t value_default;
} options[] = {
		{"nop", 1, 1, 0, 0},
		{"mss", 2, 4, 2, 1460},
		{"ws", 3, 3, 1, 8},
		{"sackok", 4, 2, 0, 0},
		{"ts", 8, 10, 0, 0},
};

static const struct option *
find_option(const char *item, const char **value)
{
	size_t n = strcspn(item, " ");

	*value = item + n + strspn(item + n, " ");
	for (unsigned i = 0; i < TT_ARRAY_SIZE(options); i++)
		if (strlen(options[i].name) == n && memcmp(item, options[i].name, n) == 0)
			return &options[i];
	return NULL;
}

static int
put_option(const struct option *o, const char *value, uint8_t *at, struct tt_error *err)
{
	int64_t number = o->value_default;
	int ret;

	if (*value != '\0') {
		ret = tt_text_integer(value, 0, (INT64_C(1) << (8 * o->value_bytes)) - 1,
				&number, err);
		if (ret != 0)
			return ret;
	}
	at[0] = o->kind;
	if (o->length > 1)
		at[1] = o->length;
	if (o->value_bytes == 2)
		at[2] = (uint8_t)(number >> 8);
	if (o->value_bytes > 0)
		at[1 + o->value_bytes] = (uint8_t)number;
	return 0;
}

int
tt_text_tcp_options(const char *text, uint8_t bytes[TT_PROFILE_OPTIONS_MAX], unsigned *n,
		struct tt_error *err)
{
	const char *rest = text, *value;
	const struct option *o;
	char item[32];
	int ret;

	memset(bytes, 0, TT_PROFILE_OPTIONS_MAX);
	for (*n = 0; tt_text_item(&rest, item, sizeof(item)); *n += o->length) {
		o = find_option(item, &value);
		if (o == NULL)
			return tt_error_set(err, -EINVAL, NULL,
					"\"%s\" is not a TCP option; there are mss, nop, sackok, ts and ws",
					item);
		if (*n + o->length > TT_PROFILE_OPTIONS_MAX)
			return tt_error_set(err, -EINVAL, NULL,
					"more than %d bytes of TCP options",
					TT_PROFILE_OPTIONS_MAX);
		ret = put_option(o, value, bytes + *n, err);
		if (ret != 0)
			return ret;
	}
	*n = (*n + 3) & ~3u;
	return 0;
}

/* The bit of a flag by its name, 0 for none. */
static uint16_t
find_flag(const char *name, size_t n)
{
	for (unsigned bit = 0; bit < 12; bit++) {
		char text[64];

		tt_tcp_flags_format((uint16_t)(1u << bit), text);
		if (strlen(text) == n && memcmp(text, name, n) == 0)
			return (uint16_t)(1u << bit);
	}
	return 0;
}

int
tt_text_tcp_flags(const char *text, uint16_t *flags, struct tt_error *err)
{
	const char *at = text;

	*flags = 0;
	while (strcmp(text, "none") != 0) {
		size_t n = strcspn(at, "+");
		uint16_t flag = find_flag(at, n);

		if (flag == 0)
			return tt_error_set(err, -EINVAL, NULL,
					"\"%.60s\" is not \"none\" or TCP flags such as SYN+ACK",
					text);
		*flags |= flag;
		if (at[n] == '\0')
			break;
		at += n + 1;
	}
	return 0;
}
