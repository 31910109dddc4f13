/* SPDX-License-Identifier: BSD-3-Clause */
/* How much is monitored, in words: of a prefix whose length was forgotten it is one address. */
#include "tt_setup.h"

#include <inttypes.h>

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

/* Of the least prefixes, by version: IPv4, IPv6. */
struct sums {
	unsigned __int128 addresses[2];
	unsigned prefixes[2];
};

static void
add(void *to, struct tt_addr first, bool ipv4, unsigned length)
{
	struct sums *sums = to;
	const bool all = !ipv4 && length == 0;

	sums->addresses[!ipv4] += all
			? ALL
			: (unsigned __int128)1 << ((ipv4 ? 32 : 128) - length);
	sums->prefixes[!ipv4]++;
}

char *
tt_setup_monitored_text(const struct tt_setup *s, char text[TT_SETUP_MONITORED_TEXT_MAX])
{
	struct sums sums = {0};
	char parts[2][VERSION_TEXT_MAX] = {"", ""};

	tt_prefix_set_each(&s->monitored, add, &sums);
	if (sums.prefixes[0] > 0)
		count_text("IPv4", sums.addresses[0], sums.prefixes[0], parts[0]);
	if (sums.prefixes[1] > 0)
		count_text("IPv6", sums.addresses[1], sums.prefixes[1], parts[1]);
	snprintf(text, TT_SETUP_MONITORED_TEXT_MAX, "monitored: %s%s%s", parts[0],
			sums.prefixes[0] > 0 && sums.prefixes[1] > 0 ? ", and " : "",
			parts[1]);
	return text;
}

void
tt_setup_print_monitored(const struct tt_setup *s, FILE *out)
{
	char text[TT_SETUP_MONITORED_TEXT_MAX];

	fprintf(out, "%s\n", tt_setup_monitored_text(s, text));
}
