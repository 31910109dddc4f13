/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Columns of a Parquet batch into packed keys, and packed keys into the texts of rows. Internal to
 * the room; one thread.
 *
 * A text is looked at once in a dictionary, however many rows have it: what it was packed to is
 * kept by its code for as long as the dictionary is the same. Destinations have no number of their
 * own; they are given one as they come, which tt_compact_units_rank turns into their order in the
 * end. Memory: 16 bytes for each text of a dictionary, and the distinct destinations.
 */
#ifndef TT_COMPACT_PACK_H
#define TT_COMPACT_PACK_H

#include "tt_compact_fields.h"
#include "tt_fingerprint.h"
#include "tt_snapshot.h"
#include "tt_units.h"

/* The fingerprint rules of the result, in order: the union of those of the parts. */
struct tt_compact_rule {
	char id[TT_FINGERPRINT_ID_MAX + 1];
	char *title;
	int64_t chance_one_in, source_packets, source_percent;
	int64_t tested, matched;
	uint64_t sources, carriers, carrier_packets; /* in the sample */
};

struct tt_compact_rules {
	struct tt_compact_rule all[TT_FINGERPRINTS_MAX]; /* [n] */
	unsigned n;
	bool sorted; /* parts had different ones: now by id */
};

/* A destination: a prefix, or a single address. */
struct tt_compact_unit {
	struct tt_addr first; /* of the whole prefix */
	uint8_t length; /* of the prefix, as of IPv6: 128 of a single address */
};

struct tt_compact_units {
	struct tt_store store; /* first, and length */
	/* Single IPv4 addresses by their first 16 bits, the next 8 and the last: number + 1. */
	uint32_t *(*top[65536])[256];
};

void tt_compact_units_init(struct tt_compact_units *units, uint64_t seed);
void tt_compact_units_fini(struct tt_compact_units *units);

static inline struct tt_compact_unit
tt_compact_unit(const struct tt_compact_units *units, uint32_t number)
{
	const uint64_t *row = tt_store_row(&units->store, number);

	return (struct tt_compact_unit){{row[0], row[1]}, (uint8_t)row[2]};
}

/* Parses "192.0.2.1", "192.0.2.0/24", "2001:db8::/48". Returns 0, or -EINVAL, also where addresses of the
 * prefix come before the one that it is written with. */
int tt_compact_unit_parse(const char *text, struct tt_compact_unit *unit) TT_MUST_CHECK;

/* Writes the same; returns text. */
char *tt_compact_unit_text(struct tt_compact_unit unit, char text[TT_UNIT_TEXT_MAX]);

/* Parses what tt_addr_format writes; quickly of IPv4. Returns 0 or -EINVAL. */
int tt_compact_addr_parse(const char *text, struct tt_addr *addr) TT_MUST_CHECK;

/* The number of a destination, which is made if need be. Returns 0, -EINVAL or -ENOMEM. */
int tt_compact_unit_of(struct tt_compact_units *units, const char *text,
		uint32_t *number) TT_MUST_CHECK;

/* Puts them in order of their first address, then the shorter prefix. ranks: [n], by number. */
int tt_compact_units_rank(struct tt_compact_units *units, uint32_t *ranks) TT_MUST_CHECK;

/* Once they are in order: does any of them lie in another one? */
bool tt_compact_units_nest(const struct tt_compact_units *units);

/* What the codes of one column's dictionary stand for. */
struct tt_compact_codes {
	uint64_t text_id;
	uint64_t (*words)[2]; /* [room]; the second of addresses alone */
	uint32_t room;
};

/* A table that is being read. */
struct tt_compact_packer {
	const struct tt_layout *layout;
	const struct tt_compact_rules *rules;
	struct tt_compact_units *units;
	struct tt_compact_codes
			codes[TT_FIELDS_MAX + 1]; /* of the fields; of a country */
	char path[512]; /* of the file, for messages */
	int64_t row; /* before this batch */
};

void tt_compact_packer_fini(struct tt_compact_packer *packer);

/* Forgets the dictionaries of the file before. */
void tt_compact_packer_open(struct tt_compact_packer *packer,
		const struct tt_snapshot *snapshot, const struct tt_layout *layout);

/* All rows of a batch, or those of rows[n]: NULL is all. */
struct tt_compact_choice {
	const uint16_t *rows;
	unsigned n;
};

/*
 * Packs one field of the chosen rows into to->keys. Returns 0, -EBADMSG with err naming file, row
 * and column, or -ENOMEM.
 */
int tt_compact_pack_field(struct tt_compact_packer *packer, unsigned field,
		const struct tt_parquet_batch *batch,
		const struct tt_compact_choice *choice, struct tt_store_batch *to,
		struct tt_error *err) TT_MUST_CHECK;

/* The country in a row of a column that is no key. Returns 0, -EINVAL or -ENOMEM. */
int tt_compact_pack_country(struct tt_compact_packer *packer,
		const struct tt_parquet_values *from, unsigned row,
		uint16_t *country) TT_MUST_CHECK;

/* Packs whole rows: zeroes to->keys, packs all fields, copies all values. */
int tt_compact_pack(struct tt_compact_packer *packer,
		const struct tt_parquet_batch *batch,
		const struct tt_compact_choice *choice, struct tt_store_batch *to,
		struct tt_error *err) TT_MUST_CHECK;

/* An error in a row of the batch, by its number in it. Returns -EBADMSG. */
int tt_compact_bad_row(const struct tt_compact_packer *packer, unsigned row,
		const char *column, const char *why, struct tt_error *err);

#endif
