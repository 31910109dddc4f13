/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What the readers of lib/geo share: a database file in memory, and the list of ranges that
 * every kind of file is turned into before it is compiled. A range has a value: a country, or
 * the number of an autonomous system; 0 is unknown in both. Heap memory, only while tt_geo_open
 * or tt_asn_open runs, its thread. Not for other rooms.
 */
#ifndef TT_GEO_SOURCE_H
#define TT_GEO_SOURCE_H

#include "tt_geo.h"

enum tt_geo_what {
	TT_GEO_COUNTRY,
	TT_GEO_ASN,
};

struct tt_geo_range {
	struct tt_addr first, last; /* inclusive */
	uint32_t line; /* of the text file, from 1; 0 where there is none */
	uint32_t value; /* tt_country or AS number */
};

struct tt_geo_ranges {
	struct tt_geo_range *items; /* [n] */
	size_t n, size;
	bool given; /* a file for this IP version was read, even one of unknowns only */
	bool unread; /* nobody will ask for this version: readers leave it out where they can */
};

/* IPv4 as the addresses from which on a value holds: ascending, the first is 0.0.0.0, and no two
 * in a row have the same value. None at all: there is no file for IPv4. */
struct tt_geo_start4 {
	uint32_t first, value;
};

struct tt_geo_starts4 {
	struct tt_geo_start4 *items; /* [n] */
	size_t n, size;
};

/* Makes room for so many, if there is memory, as tt_geo_ranges_expect does. */
void tt_geo_starts4_expect(struct tt_geo_starts4 *starts, size_t n);

/* Enters a start behind the others, whatever its value. Returns 0, or -ENOMEM with err filled. */
int tt_geo_starts4_put(struct tt_geo_starts4 *starts, uint32_t first, uint32_t value,
		struct tt_error *err) TT_MUST_CHECK;

/* Enters one where the value changes; with a first address that ascends from 0 on. */
static inline int
tt_geo_starts4_add(struct tt_geo_starts4 *starts, uint32_t first, uint32_t value,
		struct tt_error *err)
{
	if (starts->n > 0 && starts->items[starts->n - 1].value == value)
		return 0;
	return tt_geo_starts4_put(starts, first, value, err);
}

/* Makes starts, of which there are none yet, of ranges of IPv4 in ascending order and without overlaps; gaps
 * have the value 0. Of no ranges there are no starts. */
int tt_geo_starts4_of(struct tt_geo_starts4 *starts, const struct tt_geo_ranges *ranges,
		struct tt_error *err) TT_MUST_CHECK;

/* Moves a reader's starts, unless there are none. Returns 0, or -EINVAL if another file gave some
 * before; `from` then stays as it is. */
int tt_geo_starts4_give(struct tt_geo_starts4 *from, struct tt_geo_starts4 *into,
		const char *path, struct tt_error *err) TT_MUST_CHECK;

void tt_geo_starts4_fini(struct tt_geo_starts4 *starts);

/* Makes room for about so many ranges, if there is memory: they need not be moved as they become more.
 * What is not used is address space and no more. */
void tt_geo_ranges_expect(struct tt_geo_ranges *ranges, size_t n);

/* Adds a range, or lengthens the last one if it is of line 0, adjacent and of the same
 * value. Returns 0, or -ENOMEM with err filled. */
int tt_geo_ranges_add(struct tt_geo_ranges *ranges, const struct tt_geo_range *range,
		struct tt_error *err) TT_MUST_CHECK;

/* Sorts the ranges of one text file. Returns 0, or -EINVAL naming the line of an overlap. */
int tt_geo_ranges_order(struct tt_geo_ranges *ranges, const char *path,
		struct tt_error *err) TT_MUST_CHECK;

/* Drops ranges of value 0 and joins adjacent ones of the same value. */
void tt_geo_ranges_compact(struct tt_geo_ranges *ranges);

/* Turns compact ranges into starts (gaps have the value 0); only counts them if starts is NULL. */
uint32_t tt_geo_ranges_starts(
		const struct tt_geo_ranges *ranges, struct tt_geo_start6 *starts);

/* Finds the value at an address. starts: [n], n > 0. */
uint32_t tt_geo_starts_find(
		const struct tt_geo_start6 *starts, uint32_t n, struct tt_addr a);

#define TT_GEO_GROUPS (1 << 16) /* of IPv4: its /16 */

/* Fills the tables of IPv4. Returns 0, or -ENOMEM; what geo then has is its own. */
int tt_geo_compile4(
		struct tt_geo *geo, const struct tt_geo_starts4 *starts) TT_MUST_CHECK;

void tt_geo_ranges_fini(struct tt_geo_ranges *ranges);

/* Heap memory of n bytes, in huge pages where it is large and the system gives them: what is tens
 * of megabytes, and is touched once, costs as much in page faults as in reading. NULL if memory is
 * short; to be given to free(). */
void *tt_geo_take(size_t n);

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

/* Is the file a database of IPFire Location, of whatever version? */
bool tt_geo_loc_is(const struct tt_geo_file *file);

/*
 * The three readers. Each fills the lists of the IP versions that the file is for, which must
 * be empty and not yet given, in ascending order and without overlaps. Where IPv6 is unread, they
 * leave its list empty, and look at no more of it than it takes to know what the file is for and that
 * there is a value in it. Return 0 or a negative errno with err naming file and place.
 */
int tt_geo_mmdb_read(struct tt_geo_file *file, enum tt_geo_what what,
		struct tt_geo_starts4 *v4, struct tt_geo_ranges *v6,
		struct tt_error *err) TT_MUST_CHECK;
int tt_geo_loc_read(struct tt_geo_file *file, enum tt_geo_what what,
		struct tt_geo_starts4 *v4, struct tt_geo_ranges *v6,
		struct tt_error *err) TT_MUST_CHECK;
int tt_geo_text_read(struct tt_geo_file *file, struct tt_geo_starts4 *v4,
		struct tt_geo_ranges *v6, struct tt_error *err) TT_MUST_CHECK;

/* The same as tt_geo_loc_read, by one plain walk over the addresses of both versions. */
int tt_geo_loc_read_ref(struct tt_geo_file *file, enum tt_geo_what what,
		struct tt_geo_starts4 *v4, struct tt_geo_ranges *v6,
		struct tt_error *err) TT_MUST_CHECK;

/* Moves a reader's list of IPv6, unless it is empty, into one that it marks as given; into an unread one
 * nothing is moved. Returns 0, or -EINVAL if another file did so before; `from` then stays as it is. */
int tt_geo_ranges_give(struct tt_geo_ranges *from, struct tt_geo_ranges *into,
		const char *path, struct tt_error *err) TT_MUST_CHECK;

/* Last address of the network of that many bits. */
struct tt_addr tt_geo_last_of(struct tt_addr first, unsigned bits);

/* Sets the bit of an address, 0 being the first on the wire. */
struct tt_addr tt_geo_with_bit(struct tt_addr a, unsigned bit);

typedef int tt_geo_reader(struct tt_geo_file *file, struct tt_geo_starts4 *v4,
		struct tt_geo_ranges *v6, struct tt_error *err);

/*
 * Reads every file of a comma-separated list and writes the identity, "none" for an empty list
 * or NULL; blanks around a name do not belong to it. The list of IPv6 is compact at the end.
 * who: named in the error about an empty name.
 */
int tt_geo_list_read(const char *who, const char *paths, tt_geo_reader *read,
		struct tt_geo_starts4 *v4, struct tt_geo_ranges *v6, char *identity,
		size_t size, struct tt_error *err) TT_MUST_CHECK;

#endif
