/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What is named in the tables of snapshots, each with an index: targets, countries, categories and signatures.
 * Shared by all observations of a report, so that their indices mean the same. One thread. Heap memory: 256 KiB for
 * each IP protocol, 16 bytes for each target, 140 KiB for countries, about 60 bytes for each signature and its
 * message. A target or a country is found without hashing.
 */
#ifndef TT_OBSERVED_NAMES_H
#define TT_OBSERVED_NAMES_H

#include "tt_class.h"
#include "tt_hash.h"

#define TT_OBSERVED_UNKNOWN   "??"
#define TT_OBSERVED_UNTOLD    "**"
#define TT_OBSERVED_COUNTRIES 704 /* all that two letters can say, and the two above */

struct tt_observed_names {
	struct tt_target *targets; /* [n_targets], code 0 */
	size_t n_targets, target_room;
	int32_t *target_index[256]; /* by protocol [number + 1]; -1: none yet */
	char (*countries)[3]; /* [n_countries] */
	size_t n_countries;
	int16_t *country_index; /* [65536] by both letters; -1: none yet */
	struct tt_observed_category {
		char *name; /* "Worm" */
	} * categories; /* [n_categories] */
	size_t n_categories, category_room;
	/* A signature that changed its category is there once for each. */
	struct tt_observed_signature {
		int64_t gid, sid;
		char *message;
		uint32_t category;
	} * signatures; /* [n_signatures] */
	size_t n_signatures, signature_room;
	uint32_t *signature_slots; /* [n_signature_slots] index + 1, or 0 */
	size_t n_signature_slots;
	struct tt_hash_seed seed; /* of those slots: a snapshot's numbers can be chosen */
};

/* Returns 0 or -ENOMEM. */
int tt_observed_names_init(struct tt_observed_names *names) TT_MUST_CHECK;
void tt_observed_names_fini(struct tt_observed_names *names);

/* Their index, or -1: not seen. A target's number is -1 to 65535; a country's code has two bytes. */
static inline int32_t
tt_observed_target(const struct tt_observed_names *names, struct tt_target target)
{
	const int32_t *index = names->target_index[target.protocol];

	return index == NULL ? -1 : index[target.number + 1];
}

/* Where counts are equal, the lower one comes first, in whatever order snapshots had them: by protocol and number, by letters. */
static inline uint64_t
tt_observed_target_order(const struct tt_observed_names *names, int32_t index)
{
	const struct tt_target *target = &names->targets[index];

	return (uint64_t)target->protocol << 32 | (uint32_t)(target->number + 1);
}

static inline uint64_t
tt_observed_country_order(const struct tt_observed_names *names, int32_t index)
{
	const char *country = names->countries[index];

	return (uint64_t)(uint8_t)country[0] << 8 | (uint8_t)country[1];
}

/* The same of signatures, by gid, sid and category: below 0 where a comes first. */
int tt_observed_signature_cmp(
		const struct tt_observed_names *names, int32_t a, int32_t b);

int32_t tt_observed_country(const struct tt_observed_names *names, const char *code);
int32_t tt_observed_category(const struct tt_observed_names *names, const char *name);

/* Their index, which is made where there is none; below 0: -ENOMEM, and -EBADMSG for a text that is no
 * country. */
int32_t tt_observed_names_target(
		struct tt_observed_names *names, struct tt_target target) TT_MUST_CHECK;
int32_t tt_observed_names_country(
		struct tt_observed_names *names, const char *text) TT_MUST_CHECK;
int32_t tt_observed_names_category(
		struct tt_observed_names *names, const char *text) TT_MUST_CHECK;
int32_t tt_observed_names_signature(struct tt_observed_names *names, int64_t gid,
		int64_t sid, uint32_t category, const char *message) TT_MUST_CHECK;

#endif
