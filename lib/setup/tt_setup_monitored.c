/* SPDX-License-Identifier: BSD-3-Clause */
/* How much is monitored, in words: of a prefix whose length was forgotten it is one address. */
#include "tt_setup.h"

#include <inttypes.h>
#include <string.h>

#define VERSION_TEXT_MAX 80
#define ALL \
	(~(unsigned __int128)0) /* of IPv6: one less than there are, which does not fit */

static unsigned
bits_of(unsigned __int128 n)
{
	unsigned bits = 0;

	for (; n > 1; n >>= 1)
		bits++;
	return bits;
}

/* "256 addresses of IPv4 in 1 prefix"; of more than there are in IPv4, about a power of two. */
static size_t
count_text(const char *version, unsigned __int128 addresses, unsigned prefixes,
		char text[VERSION_TEXT_MAX])
{
	char number[48];

	if (addresses <= UINT32_MAX)
		snprintf(number, sizeof(number), "%" PRIu64, (uint64_t)addresses);
	else if (addresses == ALL)
		snprintf(number, sizeof(number), "2^128");
	else
		snprintf(number, sizeof(number), "%s2^%u",
				(addresses & (addresses - 1)) == 0 ? "" : "over ",
				bits_of(addresses));
	return (size_t)snprintf(text, VERSION_TEXT_MAX,
			"%s address%s of %s in %u prefix%s", number,
			addresses == 1 ? "" : "es", version, prefixes,
			prefixes == 1 ? "" : "es");
}

/* The text is of the least prefixes: of each, the number of addresses, by version. */
static void
add_up(const char *list, unsigned __int128 addresses[2], unsigned prefixes[2])
{
	for (const char *at = list; *at != '\0';) {
		const size_t n = strcspn(at, ",");
		const unsigned v6 = memchr(at, ':', n) != NULL;
		const char *slash = memchr(at, '/', n);
		const unsigned most = v6 ? 128 : 32;
		const unsigned length = slash == NULL
				? most
				: (unsigned)strtoul(slash + 1, NULL, 10);

		addresses[v6] += length == 0 && v6
				? ALL
				: (unsigned __int128)1 << (most - length);
		prefixes[v6]++;
		at += n + (at[n] == ',');
	}
}

char *
tt_setup_monitored_text(const struct tt_setup *s, char text[TT_SETUP_MONITORED_TEXT_MAX])
{
	unsigned __int128 addresses[2] = {0, 0};
	unsigned prefixes[2] = {0, 0};
	char parts[2][VERSION_TEXT_MAX] = {"", ""};

	add_up(s->monitored_text, addresses, prefixes);
	if (prefixes[0] > 0)
		count_text("IPv4", addresses[0], prefixes[0], parts[0]);
	if (prefixes[1] > 0)
		count_text("IPv6", addresses[1], prefixes[1], parts[1]);
	snprintf(text, TT_SETUP_MONITORED_TEXT_MAX, "monitored: %s%s%s", parts[0],
			prefixes[0] > 0 && prefixes[1] > 0 ? ", and " : "", parts[1]);
	return text;
}

void
tt_setup_print_monitored(const struct tt_setup *s, FILE *out)
{
	char text[TT_SETUP_MONITORED_TEXT_MAX];

	fprintf(out, "%s\n", tt_setup_monitored_text(s, text));
}
