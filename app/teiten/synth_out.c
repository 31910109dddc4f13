/* SPDX-License-Identifier: BSD-3-Clause */
#include "synth_out.h"

#include "tt_hash.h"
#include "tt_packet.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int
synth_file_begin(struct synth_file *file, const char *path, struct tt_error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	struct stat st;
	bool direct = strcmp(path, "-") == 0
			|| (stat(path, &st) == 0 && !S_ISREG(st.st_mode));

	*file = (struct synth_file){.path = strdup(path)};
	if (direct)
		file->tmp = strdup(path);
	else if (asprintf(&file->tmp, "%.*s.%s.%d.tmp", (int)(name - path), path, name,
				 (int)getpid())
			< 0)
		file->tmp = NULL;
	if (file->path != NULL && file->tmp != NULL)
		return 0;
	free(file->path);
	free(file->tmp);
	*file = (struct synth_file){0};
	return tt_error_set(err, -ENOMEM, path, "out of memory");
}

static void
forget(struct synth_file *file)
{
	free(file->path);
	free(file->tmp);
	*file = (struct synth_file){0};
}

int
synth_file_end(struct synth_file *file, struct tt_error *err)
{
	int ret = 0;

	if (strcmp(file->tmp, file->path) != 0 && rename(file->tmp, file->path) != 0) {
		ret = tt_error_set(err, -errno, file->path, "%s", strerror(errno));
		unlink(file->tmp);
	}
	forget(file);
	return ret;
}

void
synth_file_abandon(struct synth_file *file)
{
	if (file->tmp != NULL && strcmp(file->tmp, file->path) != 0)
		unlink(file->tmp);
	forget(file);
}

char *
synth_out_name(char name[PATH_MAX], const char *path, unsigned n, unsigned part)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
	size_t stem = strlen(path);

	if (n == 1) {
		snprintf(name, PATH_MAX, "%s", path);
		return name;
	}
	if (dot != NULL && (slash == NULL || dot > slash + 1))
		stem = (size_t)(dot - path);
	snprintf(name, PATH_MAX, "%.*s-%u%s", (int)stem, path, part, path + stem);
	return name;
}

/* Names the file by its place. */
static void
say_place(const struct synth_file *file, struct tt_error *err)
{
	if (err != NULL && strcmp(err->where, file->tmp) == 0)
		snprintf(err->where, sizeof(err->where), "%s", file->path);
}

static int
open_one(struct synth_out *out, const char *path, struct tt_error *err)
{
	struct synth_file *file = &out->files[out->n];
	int ret = synth_file_begin(file, path, err);

	if (ret != 0)
		return ret;
	ret = tt_capwriter_open(&out->writers[out->n], file->tmp, TT_LINK_ETHERNET, err);
	if (ret == 0) {
		out->n++;
		return 0;
	}
	say_place(file, err);
	synth_file_abandon(file);
	return ret;
}

int
synth_out_open(struct synth_out *out, const char *path, unsigned n, struct tt_error *err)
{
	char name[PATH_MAX];
	int ret = 0;

	*out = (struct synth_out){0};
	while (out->n < n && ret == 0) {
		ret = open_one(out, synth_out_name(name, path, n, out->n), err);
	}
	if (ret != 0)
		synth_out_abandon(out);
	return ret;
}

/* The file of a frame's source address; the first one for what has none. */
static unsigned
part_of(const struct synth_out *out, const struct tt_frame *frame)
{
	struct tt_packet p;

	if (out->n == 1
			|| tt_packet_decode(frame->data, frame->captured, frame->link, &p)
					!= TT_FATE_COUNTED)
		return 0;
	return (unsigned)(tt_hash_mix(p.src.hi ^ p.src.lo) % out->n);
}

int
synth_out_write(struct synth_out *out, const struct tt_frame *frame, struct tt_error *err)
{
	unsigned part = part_of(out, frame);
	int ret = tt_capwriter_write(out->writers[part], frame, err);

	if (ret != 0)
		say_place(&out->files[part], err);
	return ret;
}

void
synth_out_abandon(struct synth_out *out)
{
	for (unsigned i = 0; i < out->n; i++) {
		/* What counts is the error before. */
		int ignored = out->writers[i] == NULL
				? 0
				: tt_capwriter_close(out->writers[i], NULL);

		(void)ignored;
		synth_file_abandon(&out->files[i]);
	}
	out->n = 0;
}

int
synth_out_close(struct synth_out *out, struct tt_error *err)
{
	int ret = 0;

	for (unsigned i = 0; i < out->n && ret == 0; i++) {
		ret = tt_capwriter_close(out->writers[i], err);
		out->writers[i] = NULL;
		if (ret != 0)
			say_place(&out->files[i], err);
	}
	for (unsigned i = 0; i < out->n && ret == 0; i++)
		ret = synth_file_end(&out->files[i], err);
	if (ret != 0)
		synth_out_abandon(out);
	out->n = 0;
	return ret;
}
