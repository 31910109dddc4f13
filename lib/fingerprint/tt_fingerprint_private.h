/* SPDX-License-Identifier: BSD-3-Clause */
/* What the files of this room share: a set of rules, their trees and the program made of them. */
#ifndef TT_FINGERPRINT_PRIVATE_H
#define TT_FINGERPRINT_PRIVATE_H

#include "tt_fingerprint.h"
#include "tt_fingerprint_expr.h"
#include "tt_fingerprint_program.h"

struct tt_fp_rule {
	struct tt_fingerprint_rule rule;
	struct tt_fp_expr where; /* without nodes: all packets */
	struct tt_fp_expr match;
	unsigned line; /* of the file, from 1 on */
	uint32_t match_has; /* what a packet must have to be tested; bits of enum tt_fp_has */
};

struct tt_fingerprints {
	struct tt_fp_rule rules[TT_FINGERPRINTS_MAX]; /* [n] */
	unsigned n;
	uint32_t version;
	int64_t valid_from_us,
			valid_until_us; /* in which all rules are valid; may be empty */
	struct tt_fp_layouts layouts;
	struct tt_fp_program program;
	char identity[256];
};

/* Reads the rules of a document into set, which is all zero. name: for messages. */
int tt_fp_read_yaml(struct tt_fingerprints *set, const char *name, const uint8_t *bytes,
		size_t n, struct tt_error *err) TT_MUST_CHECK;

/*
 * Values of a rules file, from their text. 0, or -EINVAL. A date is "2013-08-16"; a chance
 * "1/65536" gives 65536; a number has no sign and lies in [min, max].
 */
int tt_fp_value_date(const char *text, int64_t *us) TT_MUST_CHECK;
int tt_fp_value_chance(const char *text, int64_t *one_in) TT_MUST_CHECK;
int tt_fp_value_number(const char *text, uint64_t min, uint64_t max,
		uint64_t *value) TT_MUST_CHECK;
bool tt_fp_value_id(const char *text);

#endif
