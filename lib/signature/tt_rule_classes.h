/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What a classtype stands for: the engines' classification file, whose lines
 *
 *     config classification: NAME,DESCRIPTION,PRIORITY[,CATEGORY]
 *
 * may name a category of ours as well. Heap memory; one thread.
 */
#ifndef TT_RULE_CLASSES_H
#define TT_RULE_CLASSES_H

#include "tt_error.h"
#include "tt_rule_text.h"

struct tt_rule_classes {
	struct tt_rule_class {
		char *name, *category; /* category: "" where the line has none */
		uint32_t priority;
	} * all; /* [n] */
	size_t n, room;
};

/* Is the line "config classification: …"? */
bool tt_rule_classes_is_line(struct tt_rule_word line);

/* Takes such a line; a later one of the same name overrules. Returns 0, -EINVAL with *why, -ENOMEM. */
int tt_rule_classes_line(struct tt_rule_classes *c, struct tt_rule_word line,
		const char **why) TT_MUST_CHECK;

/* Reads a file of them into an empty set. Returns 0, or a negative errno with err filled. */
int tt_rule_classes_load(struct tt_rule_classes *c, const char *path,
		struct tt_error *err) TT_MUST_CHECK;
void tt_rule_classes_fini(struct tt_rule_classes *c);

/* NULL where it is not known. */
const struct tt_rule_class *tt_rule_classes_find(
		const struct tt_rule_classes *c, struct tt_rule_word name);

#endif
