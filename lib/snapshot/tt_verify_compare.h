/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Whether what the tables of a snapshot add up to (tt_verify_sums.h) agrees, for the files that verify one (tt_verify.h):
 * once all tables were read, each sum is held against that of another table, and of each file that is wrong one line is told.
 */
#ifndef TT_VERIFY_COMPARE_H
#define TT_VERIFY_COMPARE_H

#include "tt_verify_sums.h"

/* What is wrong with a table, and which. */
struct tt_compare {
	const struct tt_manifest *m;
	const struct tt_sums *s;
	void (*wrong)(void *context, enum tt_table table, const char *why);
	void *context;
	bool told[TT_N_TABLES]; /* one line for each file: the first that fails */
};

/* The file of a table, as messages name it. */
const char *tt_compare_file(enum tt_table table);

/* Tells what is wrong with a table, unless something was told of it already. */
void tt_compare_tell(struct tt_compare *c, enum tt_table table, const char *fmt, ...)
		TT_PRINTF(3, 4);

/* Could both be read to their end, and is the other one not known to be wrong itself? The
 * interval's numbers are in the manifest as well. */
bool tt_compare_have(
		const struct tt_compare *c, enum tt_table table, enum tt_table other);

/* Compares one sum, with what it is or is at most, or key by key, where both tables could be read. */
void tt_compare_equal(struct tt_compare *c, enum tt_table table, const char *what,
		int64_t sum, enum tt_table other, int64_t expected);
void tt_compare_at_most(struct tt_compare *c, enum tt_table table, const char *what,
		int64_t sum, enum tt_table other, int64_t most);
void tt_compare_match(struct tt_compare *c, enum tt_table table, const char *what,
		enum tt_match m, enum tt_table other);

/* Tables of signatures with each other and with the interval. */
void tt_compare_signatures(struct tt_compare *c);
/* After what coverage has was compared. */
void tt_compare_signature_rules(struct tt_compare *c);

/* Are all countries by one database? Where parts had others, a source may have pairs in several. */
bool tt_check_one_geo(const struct tt_manifest *m);

/* Pairs and contacts with all that are marginals of them. */
void tt_compare_pairs(struct tt_compare *c);
void tt_compare_contacts(struct tt_compare *c);

/* Compares what was summed up, and tells of each file the first thing that is wrong. */
void tt_verify_sums(const struct tt_manifest *manifest, const struct tt_sums *sums,
		void (*wrong)(void *context, enum tt_table table, const char *why),
		void *context);

#endif
