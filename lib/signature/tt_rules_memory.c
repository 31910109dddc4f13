/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_rules_memory.h"

#include <string.h>

#define BLOCK_BYTES (64 * 1024)
#define ALIGNMENT   16

struct block {
	struct block *next;
	size_t used, size;
	char bytes[] __attribute__((aligned(ALIGNMENT)));
};

struct tt_rules_memory {
	struct block *blocks; /* the first is the one that is being filled */
};

struct tt_rules_memory *
tt_rules_memory_new(void)
{
	return calloc(1, sizeof(struct tt_rules_memory));
}

void
tt_rules_memory_free(struct tt_rules_memory *memory)
{
	if (memory == NULL)
		return;
	for (struct block *b = memory->blocks, *next; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	free(memory);
}

/* A large piece gets a block of its own, behind the one that is being filled. */
static struct block *
add_block(struct tt_rules_memory *memory, size_t bytes)
{
	const bool large = bytes > BLOCK_BYTES / 4;
	const size_t size = large ? bytes : BLOCK_BYTES;
	struct block *b = calloc(1, sizeof(*b) + size);

	if (b == NULL)
		return NULL;
	b->size = size;
	if (large && memory->blocks != NULL) {
		b->next = memory->blocks->next;
		memory->blocks->next = b;
	} else {
		b->next = memory->blocks;
		memory->blocks = b;
	}
	return b;
}

void *
tt_rules_memory_take(struct tt_rules_memory *memory, size_t bytes)
{
	struct block *b = memory->blocks;
	void *piece;

	if (bytes > SIZE_MAX / 2)
		return NULL;
	bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (b == NULL || b->size - b->used < bytes)
		b = add_block(memory, bytes);
	if (b == NULL)
		return NULL;
	piece = b->bytes + b->used;
	b->used += bytes;
	return piece;
}

void *
tt_rules_memory_copy(struct tt_rules_memory *memory, const void *bytes, size_t n)
{
	void *copy = tt_rules_memory_take(memory, n);

	if (copy != NULL && n > 0)
		memcpy(copy, bytes, n);
	return copy;
}

char *
tt_rules_memory_text(struct tt_rules_memory *memory, const char *text, size_t n)
{
	char *copy = tt_rules_memory_take(memory, n + 1);

	if (copy != NULL && n > 0)
		memcpy(copy, text, n);
	return copy;
}
