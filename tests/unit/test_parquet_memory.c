/* SPDX-License-Identifier: BSD-3-Clause */
/* What the reader takes of memory while it reads: of the heap, and of the file that it maps. The heap is
 * watched by taking malloc's place in the linked objects (the linker's --wrap). */
#include "parquet_rows.h"

#include <malloc.h>

/* As the linker names them. */
// NOLINTBEGIN(bugprone-reserved-identifier)
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *ptr, size_t n);
void __real_free(void *ptr);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *ptr, size_t n);
void __wrap_free(void *ptr);

/* Signed, since what strdup took is freed without having been counted. */
static ptrdiff_t taken, most_taken;

static void *
took(void *ptr)
{
	taken += (ptrdiff_t)malloc_usable_size(ptr);
	most_taken = taken > most_taken ? taken : most_taken;
	return ptr;
}

void *
__wrap_malloc(size_t n)
{
	return took(__real_malloc(n));
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return took(__real_calloc(n, size));
}

void *
__wrap_realloc(void *ptr, size_t n)
{
	taken -= (ptrdiff_t)malloc_usable_size(ptr);
	return took(__real_realloc(ptr, n));
}

void
__wrap_free(void *ptr)
{
	taken -= (ptrdiff_t)malloc_usable_size(ptr);
	__real_free(ptr);
}
// NOLINTEND(bugprone-reserved-identifier)

/* Bytes of files in this process's memory. */
static size_t
mapped_bytes(void)
{
	unsigned long size, resident, shared;
	FILE *file = fopen("/proc/self/statm", "r");

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%lu %lu %lu", &size, &resident, &shared), 3);
	fclose(file);
	return shared * (size_t)sysconf(_SC_PAGESIZE);
}

struct used {
	size_t heap, mapped; /* at most, while the file was read */
};

/* The file, by its path, since only then it is mapped. */
static struct used
use_of(const struct files *files)
{
	struct tt_parquet_reader *reader;
	struct tt_parquet_batch batch;
	struct tt_error err = {0};
	struct used used = {0};
	size_t mapped = mapped_bytes();
	ptrdiff_t before = taken;
	char path[128];
	int ret;

	most_taken = taken;
	snprintf(path, sizeof(path), "%s/t.parquet", files->path);
	assert_int_equal(tt_parquet_open(&reader, path, &err), 0);
	for (unsigned i = 0; (ret = tt_parquet_next_batch(reader, &batch, &err)) > 0; i++)
		if (i % 8 == 0 && mapped_bytes() > mapped + used.mapped)
			used.mapped = mapped_bytes() - mapped;
	assert_int_equal(ret, 0);
	tt_parquet_close(reader);
	used.heap = (size_t)(most_taken - before);
	assert_true(taken <= before);
	return used;
}

/* Row groups of 4,096 rows in pages of 512: per column a page, a dictionary of at most 4,096 values,
 * and the values of a batch. Of the footer, 200 bytes a row group. */
static void
a_longer_file_takes_no_more_than_its_footer(void **state)
{
	struct files *files = *state;
	size_t heap[2];

	for (unsigned i = 0; i < 2; i++) {
		write_rows(files, i == 0 ? 8 * 4096 : 80 * 4096, 4096, 512, 0);
		heap[i] = use_of(files).heap;
	}
	print_message("# %zu %zu\n", heap[0], heap[1]);
	assert_true(heap[0] < N_COLUMNS * (4096 * 40 + TT_PARQUET_BATCH * 12 + 65536));
	assert_true(heap[1] < heap[0] + 80 * 200 * 2);
}

/* Texts that differ and integers that look random, so that the file is long. */
static void
what_was_read_of_the_file_is_given_back(void **state)
{
	struct files *files = *state;
	struct used used;

	write_rows(files, 400000, 400000, 8192, 0);
	used = use_of(files);
	print_message("# %zu of %zu\n", used.mapped, files->size);
	assert_true(files->size > 6 << 20);
	assert_true(used.mapped < files->size / 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			TEST(a_longer_file_takes_no_more_than_its_footer),
			TEST(what_was_read_of_the_file_is_given_back),
	};

	return cmocka_run_group_tests_name("parquet_memory", tests, NULL, NULL);
}
