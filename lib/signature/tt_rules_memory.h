/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The memory of a set of rules: pieces that live as long as the set, taken from blocks of the heap
 * and freed together. One thread.
 */
#ifndef TT_RULES_MEMORY_H
#define TT_RULES_MEMORY_H

#include "tt_base.h"

struct tt_rules_memory;

struct tt_rules_memory *tt_rules_memory_new(void);
void tt_rules_memory_free(struct tt_rules_memory *memory); /* NULL is allowed */

/* Returns zeroed memory for any type, or NULL. bytes 0 gives a pointer that is not NULL. */
void *tt_rules_memory_take(struct tt_rules_memory *memory, size_t bytes);

/* A copy of bytes[n]; of text[n] with the end of a string behind it. NULL if memory is short. */
void *tt_rules_memory_copy(struct tt_rules_memory *memory, const void *bytes, size_t n);
char *tt_rules_memory_text(struct tt_rules_memory *memory, const char *text, size_t n);

#endif
