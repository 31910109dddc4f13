/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the readers of lib/geo share: a database file in memory, and the list of ranges that
 * both kinds of file are turned into before they are compiled. Heap memory, only while
 * tt_geo_open runs, its thread. Not for other rooms.
 */
#ifndef TT_GEO_SOURCE_H
#define TT_GEO_SOURCE_H

#include "tt_geo.h"

struct tt_geo_range {
	struct tt_addr first, last; /* inclusive */
	uint32_t line; /* of the text file, from 1; 0 where there is none */
	tt_country country;
};

struct tt_geo_ranges {
	struct tt_geo_range *items; /* [n] */
	size_t n, size;
	bool given; /* a file for this IP version was read, even one of unknowns only */
};

/* Adds a range, or lengthens the last one if it is of line 0, adjacent and of the same
 * country. Returns 0, or -ENOMEM with err filled. */
int tt_geo_ranges_add(struct tt_geo_ranges *ranges, const struct tt_geo_range *range,
		struct tt_error *err) TT_MUST_CHECK;

/* Sorts the ranges of one text file. Returns 0, or -EINVAL naming the line of an overlap. */
int tt_geo_ranges_order(struct tt_geo_ranges *ranges, const char *path,
		struct tt_error *err) TT_MUST_CHECK;

/* Drops ranges of unknown country and joins adjacent ones of the same country. */
void tt_geo_ranges_compact(struct tt_geo_ranges *ranges);

void tt_geo_ranges_fini(struct tt_geo_ranges *ranges);

struct tt_geo_file {
	const char *path;
	uint8_t *bytes; /* [n] */
	size_t n;
	int64_t date_us; /* last change; the readers replace it with the database's own date */
};

/* Reads a whole file; an empty one is an error. Returns 0, or a negative errno. */
int tt_geo_file_read(struct tt_geo_file *file, const char *path,
		struct tt_error *err) TT_MUST_CHECK;
void tt_geo_file_fini(struct tt_geo_file *file);

/* Appends "name date sha256:digits" to the identity; ", " before it if it is not the first. */
void tt_geo_file_identify(const struct tt_geo_file *file, char *identity, size_t size);

/* Does the file carry the metadata marker of the MMDB format (version 2.0) near its end? */
bool tt_geo_mmdb_is(const struct tt_geo_file *file);

/*
 * The two readers. Each fills the lists of the IP versions that the file is for, which must
 * be empty and not yet given, in ascending order and without overlaps. Return 0 or a negative
 * errno with err naming file and place.
 */
int tt_geo_mmdb_read(struct tt_geo_file *file, struct tt_geo_ranges *v4,
		struct tt_geo_ranges *v6, struct tt_error *err) TT_MUST_CHECK;
int tt_geo_text_read(struct tt_geo_file *file, struct tt_geo_ranges *v4,
		struct tt_geo_ranges *v6, struct tt_error *err) TT_MUST_CHECK;

/* Marks the list as given. Returns 0, or -EINVAL if another file did so before. */
int tt_geo_ranges_claim(struct tt_geo_ranges *ranges, const char *path,
		unsigned ip_version, struct tt_error *err) TT_MUST_CHECK;

#endif
