/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * A minimal writer of the MMDB format (MaxMind DB File Format Specification 2.0), because
 * tests need databases of known content and no package has one: records of 24 bits, up to
 * 4,096 nodes, 8 KiB of data. Zero the struct, set ip_version, then add networks.
 */
#ifndef MMDB_WRITER_H
#define MMDB_WRITER_H

#include "tt_addr.h"

#include <string.h>

#define MMDB_WRITER_NODES 4096
#define MMDB_WRITER_DATA  UINT32_C(0x80000000) /* in a record: the rest is a data offset */

struct mmdb_writer {
	uint32_t nodes[MMDB_WRITER_NODES]
		      [2]; /* 0: empty (no record refers to the root) */
	uint32_t n_nodes;
	unsigned ip_version;
	uint64_t build_epoch; /* 0 is written as 1, since libmaxminddb refuses 0 */
	uint8_t data[8192];
	size_t n_data;
};

static inline void
mmdb_put_string(struct mmdb_writer *w, const char *text)
{
	size_t n = strlen(text);

	TT_ASSERT(n < 29 && w->n_data + n + 1 < sizeof(w->data));
	w->data[w->n_data++] = (uint8_t)(2 << 5 | n);
	memcpy(w->data + w->n_data, text, n);
	w->n_data += n;
}

static inline void
mmdb_put_map(struct mmdb_writer *w, unsigned n_pairs)
{
	w->data[w->n_data++] = (uint8_t)(7 << 5 | n_pairs);
}

/* Types above 7 have their number, less 7, in a second byte. */
static inline void
mmdb_put_number(struct mmdb_writer *w, unsigned type, unsigned bytes, uint64_t value)
{
	w->data[w->n_data++] = (uint8_t)((type > 7 ? 0 : type << 5) | bytes);
	if (type > 7)
		w->data[w->n_data++] = (uint8_t)(type - 7);
	while (bytes-- > 0)
		w->data[w->n_data++] = (uint8_t)(value >> (8 * bytes));
}

/* Adds {key: {subkey: text}}, or {key: text} if subkey is NULL; returns its record. */
static inline uint32_t
mmdb_put_record(struct mmdb_writer *w, const char *key, const char *subkey,
		const char *text)
{
	uint32_t offset = (uint32_t)w->n_data;

	mmdb_put_map(w, 1);
	mmdb_put_string(w, key);
	if (subkey != NULL) {
		mmdb_put_map(w, 1);
		mmdb_put_string(w, subkey);
	}
	mmdb_put_string(w, text);
	return MMDB_WRITER_DATA | offset;
}

/* As mmdb_put_record, with a number of 32 bits. */
static inline uint32_t
mmdb_put_number_record(struct mmdb_writer *w, const char *key, const char *subkey,
		uint32_t number)
{
	uint32_t offset = (uint32_t)w->n_data;

	mmdb_put_map(w, 1);
	mmdb_put_string(w, key);
	if (subkey != NULL) {
		mmdb_put_map(w, 1);
		mmdb_put_string(w, subkey);
	}
	mmdb_put_number(w, 6, 4, number);
	return MMDB_WRITER_DATA | offset;
}

/* The record of a network, on whose way nodes are made as needed. */
static inline uint32_t *
mmdb_record(struct mmdb_writer *w, struct tt_addr a, unsigned bits)
{
	unsigned depth = w->ip_version == 4 ? 96 : 0;
	uint32_t node = 0, *record;

	if (w->n_nodes == 0)
		w->n_nodes = 1;
	for (;; depth++) {
		uint64_t word = depth < 64 ? a.hi : a.lo;

		record = &w->nodes[node][word >> (63 - depth % 64) & 1];
		if (depth + 1 == bits)
			return record;
		TT_ASSERT(!(*record & MMDB_WRITER_DATA)
				&& w->n_nodes < MMDB_WRITER_NODES);
		if (*record == 0)
			*record = w->n_nodes++;
		node = *record;
	}
}

/* Adds "192.0.2.0", 24 or "2001:db8::", 32. */
static inline void
mmdb_add(struct mmdb_writer *w, const char *text, unsigned bits, uint32_t record)
{
	struct tt_addr a;

	TT_ASSERT(tt_addr_parse(text, &a) == 0);
	if (tt_addr_is_v4(a)) {
		a.lo = (uint32_t)a.lo;
		bits += 96;
	}
	*mmdb_record(w, a, bits) = record;
}

static inline void
mmdb_put_metadata(struct mmdb_writer *w)
{
	mmdb_put_map(w, 9);
	mmdb_put_string(w, "node_count");
	mmdb_put_number(w, 6, 4, w->n_nodes);
	mmdb_put_string(w, "record_size");
	mmdb_put_number(w, 5, 2, 24);
	mmdb_put_string(w, "ip_version");
	mmdb_put_number(w, 5, 2, w->ip_version);
	mmdb_put_string(w, "database_type");
	mmdb_put_string(w, "test");
	mmdb_put_string(w, "languages");
	mmdb_put_number(w, 11, 0, 0);
	mmdb_put_string(w, "binary_format_major_version");
	mmdb_put_number(w, 5, 2, 2);
	mmdb_put_string(w, "binary_format_minor_version");
	mmdb_put_number(w, 5, 2, 0);
	mmdb_put_string(w, "build_epoch");
	mmdb_put_number(w, 9, 8, w->build_epoch != 0 ? w->build_epoch : 1);
	mmdb_put_string(w, "description");
	mmdb_put_map(w, 0);
}

static inline void
mmdb_write_tree(const struct mmdb_writer *w, FILE *out)
{
	for (uint32_t i = 0; i < w->n_nodes * 2; i++) {
		uint32_t record = w->nodes[i / 2][i % 2], value = record;

		if (record == 0)
			value = w->n_nodes;
		else if (record & MMDB_WRITER_DATA)
			value = w->n_nodes + 16 + (record & ~MMDB_WRITER_DATA);
		fputc((int)(value >> 16 & 0xff), out);
		fputc((int)(value >> 8 & 0xff), out);
		fputc((int)(value & 0xff), out);
	}
}

/* Writes the file; the writer is used up. Returns 0 or -1. */
static inline int
mmdb_write(struct mmdb_writer *w, const char *path)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		return -1;
	mmdb_write_tree(w, out);
	fwrite((const uint8_t[16]){0}, 1, 16, out);
	fwrite(w->data, 1, w->n_data, out);
	fputs("\xab\xcd\xefMaxMind.com", out);
	w->n_data = 0;
	mmdb_put_metadata(w);
	fwrite(w->data, 1, w->n_data, out);
	return fclose(out);
}

#endif
