/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The texts of rows that other rooms have no name for: written into tables, and read again where
 * a snapshot is verified or exported. Pure functions on the caller's memory, any thread.
 */
#ifndef TT_ROW_TEXT_H
#define TT_ROW_TEXT_H

#include "tt_merge.h"

/* "JP", "??", or "**" for TT_COUNTRY_REST. */
char *tt_row_country(uint16_t country, char text[3]);

/* Parses the same. Returns 0 or -EINVAL. */
int tt_row_country_parse(const char *text, uint16_t *country) TT_MUST_CHECK;

/* "tcp-syn+udp": the classes of a set, in order. */
#define TT_CLASSES_TEXT_MAX (20 * TT_N_CLASSES)
char *tt_row_classes(uint32_t classes, char text[TT_CLASSES_TEXT_MAX]);

/* Parses the same, each class once and in order. Returns 0 or -EINVAL. */
int tt_row_classes_parse(const char *text, uint32_t *classes) TT_MUST_CHECK;

/* "zmap-ip-id+mirai-seq": the ids of rules by their bits; "" for none. set may be NULL. */
#define TT_RULES_TEXT_MAX ((TT_FINGERPRINT_ID_MAX + 1) * TT_FINGERPRINTS_MAX)
char *tt_row_rules(const struct tt_fingerprints *set, uint32_t rules,
		char text[TT_RULES_TEXT_MAX]);

/* The name of a distribution's value: "TCP", "SYN+ACK", "vlan"; "" where it has none. */
const char *tt_row_label(enum tt_distribution d, uint32_t value, char text[64]);

/* The beginning of a sketch's key, which is the whole key for TT_SKETCH_SOURCES: "sources",
 * "sources/country/", "sources/prefix/", "sources/target/", "destinations/target/". */
#define TT_N_SKETCH_KINDS (TT_SKETCH_DESTINATIONS_TARGET + 1)
const char *tt_row_sketch_prefix(enum tt_sketch_kind kind);

/* "sources", "sources/country/JP", "sources/prefix/192.0.2.0/24", "sources/target/445/TCP",
 * "destinations/target/445/TCP". prefixes: those of the merge. */
#define TT_SKETCH_KEY_MAX 80
char *tt_row_sketch_key(enum tt_sketch_kind kind, uint32_t key,
		const struct tt_units *prefixes, char text[TT_SKETCH_KEY_MAX]);

/* The precision of each kind. */
unsigned tt_row_sketch_precision(enum tt_sketch_kind kind);

#endif
