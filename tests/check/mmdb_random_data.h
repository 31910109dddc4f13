/* SPDX-License-Identifier: BSD-3-Clause */
/* The data section of the random databases of mmdb_random.h: records, and what real ones have beside them. */
#ifndef MMDB_RANDOM_DATA_H
#define MMDB_RANDOM_DATA_H

#include "tt_addr.h"
#include "tt_geo.h"
#include "tt_hash.h"

#include <string.h>

#define MMDB_RANDOM_NODES    8000
#define MMDB_RANDOM_NETWORKS 40
#define MMDB_RANDOM_RECORDS  24
#define MMDB_RANDOM_RECORD \
	UINT32_C(0x80000000) /* in a node: the rest is the number of a record */
#define MMDB_RANDOM_BORDERS (4 * 2 * MMDB_RANDOM_NETWORKS + 16)

/* What a record says: 0 is nothing that can be read. */
struct mmdb_random_record {
	uint32_t offset, country, number;
};

struct mmdb_random {
	uint64_t random;
	unsigned ip_version, record_bits;
	uint32_t nodes[MMDB_RANDOM_NODES][2]; /* 0: empty */
	uint32_t n_nodes;
	struct mmdb_random_record records[MMDB_RANDOM_RECORDS];
	unsigned n_records;
	struct {
		struct tt_addr first;
		unsigned bits, record;
	} networks[MMDB_RANDOM_NETWORKS];
	unsigned n_networks;
	bool aliased[3];
	struct tt_addr borders[MMDB_RANDOM_BORDERS]; /* where another answer may begin */
	unsigned n_borders;
	uint8_t data[65536], file[65536 * 2 + MMDB_RANDOM_NODES * 8];
	size_t n_data, n_file, n_metadata; /* n_metadata: at the end of the file */
};

static inline uint64_t
mmdb_random_draw(struct mmdb_random *r, uint64_t below)
{
	r->random = tt_hash_mix(r->random + 1);
	return (r->random >> 8) % below;
}

static inline void
mmdb_random_byte(struct mmdb_random *r, unsigned byte)
{
	TT_ASSERT(r->n_data < sizeof(r->data));
	r->data[r->n_data++] = (uint8_t)byte;
}

static inline void
mmdb_random_big_endian(struct mmdb_random *r, unsigned n, uint64_t value)
{
	while (n-- > 0)
		mmdb_random_byte(r, n < 8 ? value >> (8 * n) & 255 : 0);
}

/* The control byte or bytes of a value of that type and size. */
static inline void
mmdb_random_control(struct mmdb_random *r, unsigned type, size_t n)
{
	const unsigned size = n < 29 ? (unsigned)n : n < 285 ? 29 : 30;

	mmdb_random_byte(r, (type > 7 ? 0 : type << 5) | size);
	if (type > 7)
		mmdb_random_byte(r, type - 7);
	if (size > 28)
		mmdb_random_big_endian(r, size - 28, n - (size == 29 ? 29 : 285));
}

static inline void
mmdb_random_bytes(struct mmdb_random *r, unsigned type, const void *bytes, size_t n)
{
	mmdb_random_control(r, type, n);
	for (size_t i = 0; i < n; i++)
		mmdb_random_byte(r, ((const uint8_t *)bytes)[i]);
}

static inline void
mmdb_random_pointer(struct mmdb_random *r, uint32_t to)
{
	if (to >= 2048 && mmdb_random_draw(r, 4) != 0) {
		mmdb_random_byte(r, 1 << 5 | 1 << 3 | (to - 2048) >> 16);
		mmdb_random_big_endian(r, 2, (to - 2048) & 0xffff);
	} else if (to < 2048 && mmdb_random_draw(r, 4) != 0) {
		mmdb_random_byte(r, 1 << 5 | to >> 8);
		mmdb_random_byte(r, to & 255);
	} else {
		mmdb_random_byte(r, 1 << 5 | 3 << 3);
		mmdb_random_big_endian(r, 4, to);
	}
}

/* As itself, or as a pointer to where it stood before. */
static inline void
mmdb_random_string(struct mmdb_random *r, const char *text)
{
	const size_t n = strlen(text);
	const uint8_t *found;
	uint8_t coded[32] = {(uint8_t)(2 << 5 | n)};

	TT_ASSERT(n < 29);
	memcpy(coded + 1, text, n);
	found = memmem(r->data, r->n_data, coded, n + 1);
	if (found != NULL && mmdb_random_draw(r, 2) == 0)
		mmdb_random_pointer(r, (uint32_t)(found - r->data));
	else
		mmdb_random_bytes(r, 2, text, n);
}

/* A value of any kind that nobody asks for. */
static inline void
mmdb_random_other(struct mmdb_random *r, unsigned depth)
{
	static const char text[400] = "\xab\xcd\xefMaxMind.com";
	unsigned n = (unsigned)mmdb_random_draw(r, 4);

	switch (mmdb_random_draw(r, depth > 3 ? 6 : 8)) {
	case 0:
		mmdb_random_bytes(r, 4, text, mmdb_random_draw(r, sizeof(text)));
		break;
	case 1:
		mmdb_random_control(r, 3, 8); /* double */
		mmdb_random_big_endian(r, 8, r->random);
		break;
	case 2:
		mmdb_random_control(r, 15, 4); /* float */
		mmdb_random_big_endian(r, 4, 1);
		break;
	case 3:
		mmdb_random_control(r, 14, n % 2); /* boolean */
		break;
	case 4:
		mmdb_random_control(r, 10, n * 4); /* 128 bits */
		mmdb_random_big_endian(r, n * 4, r->random);
		break;
	case 5:
		mmdb_random_string(r, "country");
		break;
	case 6:
		mmdb_random_control(r, 11, n); /* array */
		while (n-- > 0)
			mmdb_random_other(r, depth + 1);
		break;
	default:
		mmdb_random_control(r, 7, n);
		while (n-- > 0) {
			mmdb_random_string(r,
					n == 1                   ? "iso"
							: n == 2 ? "en"
								 : "geoname_id");
			mmdb_random_other(r, depth + 1);
		}
	}
}

/* A map of one pair, whose value the caller puts; sometimes with another before it. */
static inline void
mmdb_random_open_map(struct mmdb_random *r, const char *key)
{
	const bool more = mmdb_random_draw(r, 3) == 0;

	mmdb_random_control(r, 7, more ? 2 : 1);
	if (more) {
		mmdb_random_string(r, "names");
		mmdb_random_other(r, 0);
	}
	mmdb_random_string(r, key);
}

/* Puts pairs about a country, which it counts in *pairs, and returns what is to be read of them. */
static inline uint32_t
mmdb_random_country(struct mmdb_random *r, unsigned *pairs)
{
	const char one[3] = {(char)('A' + mmdb_random_draw(r, 3)), 'P', '\0'};
	const char two[3] = {(char)('X' + mmdb_random_draw(r, 3)), 'Q', '\0'};
	const unsigned form = (unsigned)mmdb_random_draw(r, 12);
	static const char *const keys[] = {"country", "registered_country"};

	if (form < 2) {
		mmdb_random_string(r, keys[form]);
		mmdb_random_open_map(r, "iso_code");
		mmdb_random_string(r, one);
	} else if (form < 4) {
		mmdb_random_string(r, form == 2 ? "country" : "country_code");
		mmdb_random_string(r, one);
	} else if (form < 9) {
		/* What stands first is of another kind, and what stands second is read. */
		static const char *const second[] = {
				"country_code", "registered_country"};
		const unsigned which = (unsigned)mmdb_random_draw(r, 2);

		mmdb_random_string(r, "country");
		if (form == 4)
			mmdb_random_string(r, "Japan");
		else if (form == 5)
			mmdb_random_control(r, 11, 0);
		else
			mmdb_random_open_map(r, form == 6 ? "geoname_id" : "iso_code");
		if (form > 5)
			mmdb_random_string(r, form == 7 ? "jp" : "J");
		mmdb_random_string(r, second[which]);
		if (which == 1)
			mmdb_random_open_map(r, "iso_code");
		mmdb_random_string(r, one);
		*pairs += 1;
	} else if (form == 9) { /* both: the first holds */
		mmdb_random_string(r, "country_code");
		mmdb_random_string(r, two);
		mmdb_random_string(r, "registered_country");
		mmdb_random_open_map(r, "iso_code");
		mmdb_random_string(r, one);
		*pairs += 1;
	} else {
		mmdb_random_string(r, "country_name");
		mmdb_random_string(r, "JP");
		*pairs += 1;
		return 0;
	}
	*pairs += 1;
	return tt_country_parse(one);
}

static inline uint32_t
mmdb_random_number(struct mmdb_random *r, unsigned *pairs)
{
	static const unsigned types[4] = {5, 6, 9, 9};
	const unsigned form = (unsigned)mmdb_random_draw(r, 6);
	uint64_t value = mmdb_random_draw(r, form == 0 ? 1 << 16 : UINT64_C(1) << 32);
	unsigned n = 0;

	if (form > 4)
		return 0;
	if (form == 3)
		value += UINT64_C(1) << 32;
	while (value >> (8 * n) != 0)
		n++;
	if (mmdb_random_draw(r, 3) == 0) {
		mmdb_random_string(r, "traits");
		mmdb_random_control(r, 7, 1);
	}
	mmdb_random_string(r, "autonomous_system_number");
	*pairs += 1;
	if (form == 4) {
		mmdb_random_string(r, "AS7");
		return 0;
	}
	mmdb_random_control(r, types[form], n);
	mmdb_random_big_endian(r, n, value);
	return form == 3 ? 0 : (uint32_t)value;
}

static inline void
mmdb_random_add_record(struct mmdb_random *r)
{
	struct mmdb_random_record *record = &r->records[r->n_records++];
	const size_t start = r->n_data;
	unsigned pairs = 0;

	mmdb_random_byte(r, 7 << 5);
	if (mmdb_random_draw(r, 2) == 0) {
		mmdb_random_string(r, "continent");
		mmdb_random_other(r, 0);
		pairs++;
	}
	record->country = mmdb_random_country(r, &pairs);
	record->number = mmdb_random_number(r, &pairs);
	r->data[start] = (uint8_t)(7 << 5 | pairs);
	record->offset = (uint32_t)start;
	if (mmdb_random_draw(r, 4) == 0) {
		record->offset = (uint32_t)r->n_data;
		mmdb_random_pointer(r, (uint32_t)start);
	}
}

#endif
