/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The text files of Tor: comment lines with '#', then "first,last,CC" per line, the addresses
 * as decimal numbers (geoip) or as IPv6 text (geoip6), the country "??" where it is unknown.
 */
#include "tt_geo_source.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

/* About as many bytes as a line of IPv4 has at least, over a file; those of IPv6 have more. */
#define LINE_BYTES 20

struct reader {
	const struct tt_geo_file *file;
	const char *at, *end; /* the rest of the file */
	uint32_t line;
	unsigned version; /* 4 or 6 once the first range told it, else 0 */
	bool v6_unread;
	int64_t generated_us; /* -1 if no comment said it */
};

/* Takes the text up to a comma or the end into token; false if it is too long for one. */
static bool
take_token(const char **at, const char *end, char *token, size_t size)
{
	const char *comma = memchr(*at, ',', (size_t)(end - *at));
	const char *stop = comma == NULL ? end : comma;
	size_t n = (size_t)(stop - *at);

	if (n == 0 || n >= size || memchr(*at, '\0', n) != NULL)
		return false;
	memcpy(token, *at, n);
	token[n] = '\0';
	*at = comma == NULL ? end : comma + 1;
	return true;
}

static bool
parse_number(const char *token, struct tt_addr *a)
{
	uint64_t value = 0;

	for (; *token >= '0' && *token <= '9' && value <= UINT32_MAX; token++)
		value = value * 10 + (uint64_t)(*token - '0');
	*a = tt_addr_v4((uint32_t)value);
	return *token == '\0' && value <= UINT32_MAX;
}

/* Any address that the files may have, by copying it out. */
static bool
take_addr_ref(struct reader *r, const char **at, const char *end, struct tt_addr *a)
{
	char token[TT_ADDR_TEXT_MAX];
	unsigned version;

	if (!take_token(at, end, token, sizeof(token)))
		return false;
	version = strchr(token, ':') != NULL ? 6 : 4;
	if (r->version != 0 && r->version != version)
		return false;
	r->version = version;
	return version == 4 ? parse_number(token, a) : tt_addr_parse(token, a) == 0;
}

/* The two forms that nearly all lines have, read where they stand. Both return what follows the
 * address, or NULL where it has another form, sound or not: "16777216" … */
static const char *
plain4(const char *at, const char *end, struct tt_addr *a)
{
	const char *start = at;
	uint64_t value = 0;

	for (; at < end && at - start < 10 && *at >= '0' && *at <= '9'; at++)
		value = value * 10 + (uint64_t)(*at - '0');
	*a = tt_addr_v4((uint32_t)value);
	return at == start || value > UINT32_MAX ? NULL : at;
}

/* The value of a hexadecimal digit; 16 and more: it is none. */
static inline unsigned
digit(char c)
{
	unsigned decimal = (unsigned)c - '0', letter = ((unsigned)c | 0x20) - 'a';

	return decimal < 10 ? decimal : letter < 6 ? letter + 10 : 16;
}

/* The group that most are: those behind the prefix of a last address. */
static inline bool
is_ffff(const char *at, const char *end)
{
	return end - at >= 4 && memcmp(at, "ffff", 4) == 0;
}

struct groups {
	unsigned __int128 number; /* of the last eight */
	size_t n;
};

/* Groups with a colon between each two. Returns what follows, or NULL where a group is missing. */
static const char *
take_groups(const char *at, const char *end, struct groups *g)
{
	for (;; at++) {
		unsigned value = 0, n = 0;

		if (is_ffff(at, end)) {
			value = 0xffff;
			at += n = 4;
		}
		for (; at < end && n < 4 && digit(*at) < 16; at++, n++)
			value = value << 4 | digit(*at);
		if (n == 0)
			return NULL;
		g->number = g->number << 16 | value;
		g->n++;
		if (end - at < 2 || at[0] != ':' || at[1] == ':')
			return at;
	}
}

/* … and "2001:db8::ffff", with "::" not at the start. */
static const char *
plain6(const char *at, const char *end, struct tt_addr *a)
{
	struct groups head = {0}, tail = {0};

	at = take_groups(at, end, &head);
	if (at == NULL)
		return NULL;
	if (end - at >= 2 && at[0] == ':' && at[1] == ':') {
		at += 2;
		if (at < end && *at != ',')
			at = take_groups(at, end, &tail);
		if (at == NULL || head.n + tail.n > 7)
			return NULL;
		head.number <<= 16 * (8 - head.n);
	} else if (head.n != 8) {
		return NULL;
	}
	head.number |= tail.number;
	*a = (struct tt_addr){(uint64_t)(head.number >> 64), (uint64_t)head.number};
	return at;
}

static bool
take_addr(struct reader *r, const char **at, const char *end, struct tt_addr *a)
{
	const char *after = r->version == 4 ? plain4(*at, end, a)
			: r->version == 6   ? plain6(*at, end, a)
					    : NULL;

	if (after == NULL || (after < end && *after != ','))
		return take_addr_ref(r, at, end, a);
	*at = after < end ? after + 1 : end;
	return true;
}

/* "??" and codes with a digit ("A1", "T1": proxies and the like) are no country. */
static bool
take_country(const char *at, const char *end, uint32_t *country)
{
	char token[3] = {0};

	if (end - at != 2)
		return false;
	memcpy(token, at, 2);
	*country = tt_country_parse(token);
	return *country != TT_COUNTRY_UNKNOWN || strcmp(token, "??") == 0
			|| (token[0] >= 'A' && token[0] <= 'Z' && token[1] >= '0'
					&& token[1] <= '9');
}

/* Reads one line into range. Returns NULL, or what is wrong with it. */
static const char *
parse_range(struct reader *r, const char *at, const char *end, struct tt_geo_range *range)
{
	range->line = r->line;
	if (!take_addr(r, &at, end, &range->first))
		return "the first address is not one";
	if (!take_addr(r, &at, end, &range->last))
		return "the last address is not one";
	if (!take_country(at, end, &range->value))
		return "the country is not two capital letters or ??";
	if (tt_addr_cmp(range->first, range->last) > 0)
		return "the range ends before it starts";
	return NULL;
}

/* Reads "# Generated: Thu, 25 Jun 2026 04:33:59 GMT", whatever the locale. */
static void
parse_comment(struct reader *r, const char *at, const char *end)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	char text[80], month[4], iso[24];
	size_t n = (size_t)(end - at);
	unsigned day, year;
	const char *found;

	if (n >= sizeof(text) || r->generated_us >= 0)
		return;
	memcpy(text, at, n);
	text[n] = '\0';
	if (sscanf(text, "# Generated: %*3s, %2u %3s %4u", &day, month, &year) != 3)
		return;
	found = strlen(month) == 3 ? strstr(months, month) : NULL;
	if (found == NULL || (found - months) % 3 != 0)
		return;
	snprintf(iso, sizeof(iso), "%04u-%02u-%02u", year % 10000,
			(unsigned)(found - months) / 3 + 1, day % 100);
	if (tt_time_parse(iso, &r->generated_us) != 0)
		r->generated_us = -1;
}

static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Sets *at and *end to the next line without blanks at its end; false after the last one. */
static bool
next_line(struct reader *r, const char **at, const char **end)
{
	const char *newline;

	if (r->at == r->end)
		return false;
	newline = memchr(r->at, '\n', (size_t)(r->end - r->at));
	*at = r->at;
	*end = newline == NULL ? r->end : newline;
	r->at = newline == NULL ? r->end : newline + 1;
	while (*end > *at && is_blank((*end)[-1]))
		(*end)--;
	r->line++;
	return true;
}

static int
line_error(const struct reader *r, const char *why, bool first, struct tt_error *err)
{
	tt_error_set(err, -EINVAL, NULL, "%s%s", why,
			first ? " (neither a geoip text file nor an MMDB nor of IPFire Location?)"
			      : "");
	tt_error_at(err, "%s:%u", r->file->path, r->line);
	return -EINVAL;
}

/* Looks for comments alone from here on: one may have the date. */
static void
skip_ranges(struct reader *r)
{
	const char *hash, *at, *end;

	while (r->at < r->end && r->generated_us < 0
			&& (hash = memchr(r->at, '#', (size_t)(r->end - r->at)))
					!= NULL) {
		r->at = hash;
		if (hash[-1] == '\n' && next_line(r, &at, &end))
			parse_comment(r, at, end);
		else
			r->at = hash + 1;
	}
	r->at = r->end;
}

static int
read_lines(struct reader *r, struct tt_geo_ranges *ranges, struct tt_error *err)
{
	const char *at, *end;

	while (next_line(r, &at, &end)) {
		struct tt_geo_range range;
		const char *why;
		int ret;

		if (at == end)
			continue;
		if (*at == '#') {
			parse_comment(r, at, end);
			continue;
		}
		why = parse_range(r, at, end, &range);
		if (why != NULL)
			return line_error(r, why, ranges->n == 0, err);
		ret = tt_geo_ranges_add(ranges, &range, err);
		if (ret != 0)
			return ret;
		if (r->version == 6 && r->v6_unread)
			skip_ranges(r);
	}
	if (ranges->n == 0)
		return tt_error_set(
				err, -EINVAL, r->file->path, "no address range in it");
	return tt_geo_ranges_order(ranges, r->file->path, err);
}

/* Moves what was read to where its version belongs. */
static int
give(const struct reader *r, struct tt_geo_ranges *ranges, struct tt_geo_starts4 *v4,
		struct tt_geo_ranges *v6, struct tt_error *err)
{
	struct tt_geo_starts4 starts = {0};
	int ret;

	if (r->version == 6)
		return tt_geo_ranges_give(ranges, v6, r->file->path, err);
	ret = tt_geo_starts4_of(&starts, ranges, err);
	if (ret == 0)
		ret = tt_geo_starts4_give(&starts, v4, r->file->path, err);
	tt_geo_starts4_fini(&starts);
	return ret;
}

int
tt_geo_text_read(struct tt_geo_file *file, struct tt_geo_starts4 *v4,
		struct tt_geo_ranges *v6, struct tt_error *err)
{
	struct reader r = {.file = file,
			.at = (const char *)file->bytes,
			.end = (const char *)file->bytes + file->n,
			.v6_unread = v6->unread,
			.generated_us = -1};
	struct tt_geo_ranges ranges = {0};
	int ret;

	tt_geo_ranges_expect(&ranges, file->n / LINE_BYTES);
	ret = read_lines(&r, &ranges, err);
	if (ret == 0)
		ret = give(&r, &ranges, v4, v6, err);
	tt_geo_ranges_fini(&ranges);
	if (ret == 0 && r.generated_us >= 0)
		file->date_us = r.generated_us;
	return ret;
}
