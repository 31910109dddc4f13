/* SPDX-License-Identifier: BSD-3-Clause */
#include "open_files.h"
#include "reading.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

/* Descriptors that are open beside the inputs: standard ones, the spool's, one snapshot's. */
#define OTHER_FILES 32

#define STANDARD_INPUT "/dev/stdin"

/* As under cron, where standard input is /dev/null: there is nothing to be piped to it. */
static int
refuse_no_input(const struct input *input, struct tt_error *err)
{
	return tt_error_set(err, -ENXIO, input->path,
			"standard input is a terminal or a device such as /dev/null, which has no "
			"capture: redirect a file to it, pipe one to it, or name a file");
}

/* What can be said of an input without opening it. */
static int
look_at(struct input *input, struct tt_error *err)
{
	struct stat st;

	if (stat(input->path, &st) != 0)
		return tt_error_set(err, -errno, input->path, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return tt_error_set(err, -EISDIR, input->path, "%s", strerror(EISDIR));
	input->pipe = strcmp(input->path, STANDARD_INPUT) == 0
			&& (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
	if (S_ISCHR(st.st_mode) && strcmp(input->path, STANDARD_INPUT) == 0)
		return refuse_no_input(input, err);
	if (!S_ISREG(st.st_mode) && !input->pipe)
		return reading_refuse_pipe(input, err);
	input->bytes = input->pipe ? 0 : (uint64_t)st.st_size;
	input->device = st.st_dev;
	input->inode = st.st_ino;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct input *x = *(struct input *const *)a, *y = *(struct input *const *)b;

	if (x->device != y->device)
		return x->device < y->device ? -1 : 1;
	return x->inode < y->inode ? -1 : x->inode > y->inode;
}

/* Its packets would be counted twice. */
static int
refuse_doubles(struct reading *r, struct tt_error *err)
{
	struct input **sorted = calloc(r->n_inputs, sizeof(struct input *));
	int ret = 0;

	if (sorted == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	for (unsigned i = 0; i < r->n_inputs; i++)
		sorted[i] = &r->inputs[i];
	qsort(sorted, r->n_inputs, sizeof(struct input *), compare);
	for (unsigned i = 1; i < r->n_inputs && ret == 0; i++)
		if (compare(&sorted[i - 1], &sorted[i]) == 0)
			ret = tt_error_set(err, -EINVAL, sorted[i]->path,
					strcmp(sorted[i]->path, sorted[i - 1]->path) == 0
							? "given twice"
							: "the same file as %s",
					sorted[i - 1]->path);
	free(sorted);
	return ret;
}

static int
allow_files(unsigned n, struct tt_error *err)
{
	const uint64_t most = open_files_most();

	if (most >= (uint64_t)n + OTHER_FILES)
		return 0;
	return tt_error_set(err, -EMFILE, NULL,
			"%u files are read side by side, and only %" PRIu64
			" may be open at once: "
			"raise the limit to %u (ulimit -n), or join files first",
			n, most, n + OTHER_FILES);
}

int
reading_take_inputs(struct reading *r, char **paths, unsigned n, struct tt_error *err)
{
	int ret = 0;

	r->inputs = calloc(n, sizeof(*r->inputs));
	if (r->inputs == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	r->n_inputs = n;
	for (unsigned i = 0; i < n && ret == 0; i++) {
		/* By that name it can be opened twice, if it is a file. */
		r->inputs[i].path = strcmp(paths[i], "-") == 0 ? STANDARD_INPUT
							       : paths[i];
		ret = look_at(&r->inputs[i], err);
	}
	if (ret == 0)
		ret = refuse_doubles(r, err);
	return ret == 0 ? allow_files(n, err) : ret;
}
