/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_class.h"
#include "tt_digits.h"

#include <errno.h>
#include <string.h>

char *
tt_target_format(struct tt_target t, char text[32])
{
	char name[16], *at = text;

	if (t.number >= 0) {
		at = tt_digits_put(at, (uint32_t)t.number);
		*at++ = '/';
	}
	strcpy(at, tt_protocol_name(t.protocol, name));
	return text;
}

static bool
is_icmp(uint8_t protocol)
{
	return protocol == TT_PROTO_ICMP || protocol == TT_PROTO_ICMPV6;
}

static bool
has_ports(uint8_t protocol)
{
	return protocol == TT_PROTO_TCP || protocol == TT_PROTO_UDP;
}

/* "445", "8" or "8.0", the part before the slash, up to end. Sets *code to -1 if none. */
static int
parse_number(const char *text, const char *end, int32_t *number, int32_t *code)
{
	*code = -1;
	*number = tt_digits_parse(&text, UINT16_MAX);
	if (*number < 0)
		return -EINVAL;
	if (*text == '.') {
		text++;
		*code = tt_digits_parse(&text, UINT8_MAX);
		if (*code < 0)
			return -EINVAL;
	}
	return text == end ? 0 : -EINVAL;
}

int
tt_target_parse(const char *text, struct tt_target *t)
{
	const char *slash = strchr(text, '/');
	int32_t number, code;
	uint8_t protocol;

	if (slash == NULL) {
		*t = (struct tt_target){.number = -1};
		return tt_protocol_parse(text, &t->protocol);
	}
	if (parse_number(text, slash, &number, &code) < 0
			|| tt_protocol_parse(slash + 1, &protocol) < 0)
		return -EINVAL;
	if (is_icmp(protocol) ? number > UINT8_MAX : !has_ports(protocol) || code >= 0)
		return -EINVAL;
	*t = (struct tt_target){
			.protocol = protocol,
			.number = number,
			.code = code < 0 ? 0 : (uint8_t)code,
	};
	return 0;
}
