/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MMDB through libmaxminddb: the whole search tree is walked once, left before right, which
 * gives the networks in ascending order. In a tree of IPv6 addresses the IPv4 ones are below
 * ::/96 (MaxMind DB File Format Specification 2.0, "IPv4 addresses in an IPv6 tree").
 */
#include "tt_geo_source.h"
#include "tt_time.h"

#include <errno.h>
#include <maxminddb.h>
#include <string.h>

#define CACHE_SIZE 65536

struct walk {
	const MMDB_s *db;
	const char *path;
	struct tt_geo_ranges v4, v6;
	uint64_t visits, visits_max;
	uint64_t n_records, n_values;
	const struct meaning *meaning;
	bool v4_only;
	struct {
		uint32_t offset_plus_1; /* 0: free */
		uint32_t value;
	} cache[CACHE_SIZE]; /* many networks share few records */
	struct tt_error *err;
};

bool
tt_geo_mmdb_is(const struct tt_geo_file *file)
{
	static const char marker[] = "\xab\xcd\xefMaxMind.com";
	size_t window = 128 * 1024; /* the specification's bound for the metadata */
	size_t n = file->n < window ? file->n : window;

	return memmem(file->bytes + file->n - n, n, marker, sizeof(marker) - 1) != NULL;
}

static int
walk_error(const struct walk *w, int mmdb_error)
{
	return tt_error_set(w->err, -EINVAL, w->path, "broken MMDB: %s",
			MMDB_strerror(mmdb_error));
}

static uint32_t
country_from(const MMDB_entry_data_s *data)
{
	char text[3] = "";

	if (data->type != MMDB_DATA_TYPE_UTF8_STRING || data->data_size != 2)
		return 0;
	memcpy(text, data->utf8_string, 2);
	return tt_country_parse(text);
}

static uint32_t
number_from(const MMDB_entry_data_s *data)
{
	switch (data->type) {
	case MMDB_DATA_TYPE_UINT16:
		return data->uint16;
	case MMDB_DATA_TYPE_UINT32:
		return data->uint32;
	case MMDB_DATA_TYPE_UINT64:
		return data->uint64 <= UINT32_MAX ? (uint32_t)data->uint64 : 0;
	default:
		return 0;
	}
}

/* Where in a record to look, in this order, and how to read what is there: 0 if it is not one. */
static const struct meaning {
	const char *noun;
	const char *paths[4][3];
	uint32_t (*value_from)(const MMDB_entry_data_s *data);
} meanings[] = {
		[TT_GEO_COUNTRY] = {"country",
				{{"country", "iso_code"},
						{"registered_country", "iso_code"},
						{"country_code"}, {"country"}},
				country_from},
		[TT_GEO_ASN] = {"AS number",
				{{"autonomous_system_number"},
						{"traits", "autonomous_system_number"}},
				number_from},
};

static int
read_value(const struct walk *w, MMDB_entry_s *entry, uint32_t *value)
{
	const struct meaning *m = w->meaning;

	*value = 0;
	for (unsigned i = 0; i < TT_ARRAY_SIZE(m->paths) && m->paths[i][0] != NULL; i++) {
		MMDB_entry_data_s data = {0};
		int status = MMDB_aget_value(entry, &data, m->paths[i]);

		if (status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR)
			continue;
		if (status != MMDB_SUCCESS)
			return walk_error(w, status);
		if (data.has_data)
			*value = m->value_from(&data);
		if (*value != 0)
			break;
	}
	return 0;
}

static int
cached_value(struct walk *w, MMDB_entry_s *entry, uint32_t *value)
{
	unsigned slot = (entry->offset ^ entry->offset >> 16) % CACHE_SIZE;
	int ret = 0;

	if (w->cache[slot].offset_plus_1 == entry->offset + 1) {
		*value = w->cache[slot].value;
		return 0;
	}
	ret = read_value(w, entry, value);
	w->cache[slot].offset_plus_1 = ret == 0 ? entry->offset + 1 : 0;
	w->cache[slot].value = *value;
	return ret;
}

static bool
is_in_v4_tree(struct tt_addr first, unsigned bits)
{
	return bits >= 96 && first.hi == 0 && first.lo >> 32 == 0;
}

static int
add_network(struct walk *w, struct tt_addr first, unsigned bits, uint32_t value)
{
	struct tt_geo_range range = {.first = first,
			.last = tt_geo_last_of(first, bits),
			.value = value};
	struct tt_geo_range v4 = {.value = value};

	if (is_in_v4_tree(first, bits)) {
		v4.first = tt_addr_v4((uint32_t)range.first.lo);
		v4.last = tt_addr_v4((uint32_t)range.last.lo);
		return tt_geo_ranges_add(&w->v4, &v4, w->err);
	}
	if (first.hi == 0 && first.lo == 0) { /* wider than ::/96: it holds all of IPv4 */
		int ret;

		v4.first = tt_addr_v4(0);
		v4.last = tt_addr_v4(UINT32_MAX);
		ret = tt_geo_ranges_add(&w->v4, &v4, w->err);
		if (ret != 0)
			return ret;
	}
	return tt_geo_ranges_add(&w->v6, &range, w->err);
}

static int walk_node(struct walk *w, uint32_t node, struct tt_addr first, unsigned bits);

static int
walk_record(struct walk *w, uint8_t type, uint64_t record, MMDB_entry_s *entry,
		struct tt_addr first, unsigned bits)
{
	uint32_t value;
	int ret;

	switch (type) {
	case MMDB_RECORD_TYPE_EMPTY:
		return 0;
	case MMDB_RECORD_TYPE_SEARCH_NODE:
		return walk_node(w, (uint32_t)record, first, bits);
	case MMDB_RECORD_TYPE_DATA:
		w->n_records++;
		ret = cached_value(w, entry, &value);
		if (ret != 0 || value == 0)
			return ret;
		w->n_values++;
		return add_network(w, first, bits, value);
	default:
		return walk_error(w, MMDB_CORRUPT_SEARCH_TREE_ERROR);
	}
}

static int
walk_node(struct walk *w, uint32_t node, struct tt_addr first, unsigned bits)
{
	MMDB_search_node_s pair;
	int status, ret;

	if (tt_addr_is_v4(first)
			&& bits == 96) /* an alias: the look-up asks the IPv4 table */
		return 0;
	if (bits == 128 || ++w->visits > w->visits_max)
		return walk_error(w, MMDB_CORRUPT_SEARCH_TREE_ERROR);
	status = MMDB_read_node(w->db, node, &pair);
	if (status != MMDB_SUCCESS)
		return walk_error(w, status);
	ret = walk_record(w, pair.left_record_type, pair.left_record,
			&pair.left_record_entry, first, bits + 1);
	if (ret != 0 || (w->v4_only && bits < 96))
		return ret;
	return walk_record(w, pair.right_record_type, pair.right_record,
			&pair.right_record_entry, tt_geo_with_bit(first, bits), bits + 1);
}

static int
walk_tree(struct walk *w)
{
	/* An IPv4 tree is the part below ::/96 of an IPv6 one. */
	unsigned bits = w->db->metadata.ip_version == 4 ? 96 : 0;
	int ret;

	/* Usual files refer to the IPv4 part from three more places (2001::/32, 2002::/16,
	 * ::ffff:0:0/96); only a tree with a loop in it comes near this bound. */
	w->visits_max = (uint64_t)w->db->metadata.node_count * 16 + 1024;
	ret = walk_node(w, 0, (struct tt_addr){0, 0}, bits);
	if (ret == 0 && w->n_values == 0 && w->v4_only) {
		w->v4_only = false;
		w->visits = w->n_records = 0;
		ret = walk_node(w, 0, (struct tt_addr){0, 0}, bits);
	}
	if (ret == 0 && w->n_values == 0)
		ret = tt_error_set(w->err, -EINVAL, w->path,
				"no %s in any of the %llu records of this %.64s database",
				w->meaning->noun, (unsigned long long)w->n_records,
				w->db->metadata.database_type);
	return ret;
}

static int
give(struct walk *w, struct tt_geo_starts4 *v4, struct tt_geo_ranges *v6)
{
	struct tt_geo_starts4 starts = {0};
	int ret = tt_geo_starts4_of(&starts, &w->v4, w->err);

	if (ret == 0)
		ret = tt_geo_starts4_give(&starts, v4, w->path, w->err);
	if (ret == 0)
		ret = tt_geo_ranges_give(&w->v6, v6, w->path, w->err);
	tt_geo_starts4_fini(&starts);
	return ret;
}

static int
read_database(struct tt_geo_file *file, const MMDB_s *db, enum tt_geo_what what,
		struct tt_geo_starts4 *v4, struct tt_geo_ranges *v6, struct tt_error *err)
{
	struct walk *w;
	int ret;

	if (db->metadata.build_epoch > (uint64_t)(TT_TIME_MAX / TT_US_PER_S))
		return tt_error_set(err, -EINVAL, file->path,
				"broken MMDB: build_epoch is not a time");
	file->date_us = (int64_t)db->metadata.build_epoch * TT_US_PER_S;
	w = calloc(1, sizeof(*w));
	if (w == NULL)
		return tt_error_set(err, -ENOMEM, file->path, "out of memory");
	w->db = db;
	w->path = file->path;
	w->meaning = &meanings[what];
	w->v4_only = v6->unread;
	w->err = err;
	ret = walk_tree(w);
	if (ret == 0)
		ret = give(w, v4, v6);
	tt_geo_ranges_fini(&w->v4);
	tt_geo_ranges_fini(&w->v6);
	free(w);
	return ret;
}

/* Does the library, which opens files by name, see what was read, and what the identity is of? */
static bool
is_same(const MMDB_s *db, const struct tt_geo_file *file)
{
	return (size_t)db->file_size == file->n
			&& memcmp(db->file_content, file->bytes, file->n) == 0;
}

int
tt_geo_mmdb_read(struct tt_geo_file *file, enum tt_geo_what what,
		struct tt_geo_starts4 *v4, struct tt_geo_ranges *v6, struct tt_error *err)
{
	MMDB_s db;
	int status = MMDB_open(file->path, MMDB_MODE_MMAP, &db);
	int ret;

	if (status != MMDB_SUCCESS)
		return tt_error_set(err,
				status == MMDB_OUT_OF_MEMORY_ERROR ? -ENOMEM : -EINVAL,
				file->path, "broken MMDB: %s", MMDB_strerror(status));
	if (is_same(&db, file))
		ret = read_database(file, &db, what, v4, v6, err);
	else
		ret = tt_error_set(err, -EINVAL, file->path,
				"another file took its place while it was read");
	MMDB_close(&db);
	return ret;
}
