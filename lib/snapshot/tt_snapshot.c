/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_snapshot.h"
#include "tt_sha256.h"
#include "tt_snapshot_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No manifest of ours comes near it: of TT_PART_IDS_MAX parts it has 36 MiB. */
#define MANIFEST_BYTES_MAX (64 << 20)

char *
tt_path_join(const char *dir, const char *name)
{
	size_t length = strlen(dir);
	bool slash = length > 0 && dir[length - 1] == '/';
	char *path;

	if (asprintf(&path, "%s%s%s", dir, slash ? "" : "/", name) < 0)
		return NULL;
	return path;
}

static int
read_fd(int fd, const char *path, struct tt_text *text, struct tt_error *err)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) != 0)
		return tt_error_set(err, -errno, path, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_size > MANIFEST_BYTES_MAX)
		return tt_error_set(err, -EBADMSG, path, "not a manifest");
	text->bytes = malloc((size_t)st.st_size + 1);
	if (text->bytes == NULL)
		return tt_error_set(err, -ENOMEM, path, "out of memory");
	for (text->size = 0; text->size < (size_t)st.st_size; text->size += (size_t)n) {
		n = read(fd, text->bytes + text->size, (size_t)st.st_size - text->size);
		if (n < 0)
			return tt_error_set(err, -errno, path, "%s", strerror(errno));
		if (n == 0)
			break;
	}
	text->bytes[text->size] = '\0';
	return 0;
}

/* text: the caller's to free, also where it failed. */
static int
read_text(const char *path, struct tt_text *text, struct tt_error *err)
{
	int fd, ret;

	*text = (struct tt_text){0};
	/* A pipe without a writer would be waited for. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		ret = tt_error_set(err, -errno, path, "%s", strerror(errno));
	} else {
		ret = read_fd(fd, path, text, err);
		close(fd);
	}
	return ret;
}

int
tt_manifest_read(const char *dir, struct tt_text *text, struct tt_manifest *manifest,
		struct tt_error *err)
{
	char *path = tt_path_join(dir, TT_MANIFEST_FILE);
	int ret;

	*text = (struct tt_text){0};
	if (path == NULL)
		return tt_error_set(err, -ENOMEM, dir, "out of memory");
	ret = read_text(path, text, err);
	if (ret == 0)
		ret = tt_manifest_parse(manifest, text->bytes, text->size, path, err);
	if (ret != 0) {
		free(text->bytes);
		*text = (struct tt_text){0};
	}
	free(path);
	return ret;
}

bool
tt_snapshot_says_merged(const char *dir)
{
	char *path = tt_path_join(dir, TT_MANIFEST_FILE);
	struct tt_text text = {0};
	bool merged = path != NULL && read_text(path, &text, NULL) == 0
			&& tt_manifest_says_merged(text.bytes, text.size);

	free(text.bytes);
	free(path);
	return merged;
}

int
tt_manifest_check(const char *dir, const struct tt_text *text, struct tt_error *err)
{
	char *path;
	int ret;

	if (tt_manifest_intact(text->bytes, text->size))
		return 0;
	path = tt_path_join(dir, TT_MANIFEST_FILE);
	ret = tt_error_set(err, path == NULL ? -ENOMEM : -EBADMSG, path,
			"its bytes changed: they are not those of its own "
			"manifest_sha256");
	free(path);
	return ret;
}

static int
open_snapshot(struct tt_snapshot **snapshot, const char *path, bool intact,
		struct tt_error *err)
{
	struct tt_snapshot *s = calloc(1, sizeof(*s));
	struct tt_text text;
	int ret;

	if (s == NULL || (s->path = strdup(path)) == NULL) {
		free(s);
		return tt_error_set(err, -ENOMEM, path, "out of memory");
	}
	ret = tt_manifest_read(path, &text, &s->manifest, err);
	if (ret == 0 && intact)
		ret = tt_manifest_check(path, &text, err);
	free(text.bytes);
	if (ret != 0)
		tt_snapshot_close(s);
	else
		*snapshot = s;
	return ret;
}

int
tt_snapshot_open(struct tt_snapshot **snapshot, const char *path, struct tt_error *err)
{
	return open_snapshot(snapshot, path, false, err);
}

int
tt_snapshot_open_intact(
		struct tt_snapshot **snapshot, const char *path, struct tt_error *err)
{
	return open_snapshot(snapshot, path, true, err);
}

void
tt_snapshot_close(struct tt_snapshot *snapshot)
{
	if (snapshot == NULL)
		return;
	tt_manifest_fini(&snapshot->manifest);
	free(snapshot->path);
	free(snapshot);
}

static int
check_bytes(const char *path, const struct tt_parquet_result *file, struct tt_error *err)
{
	char hex[TT_SHA256_TEXT_SIZE];
	struct stat st;
	int ret;

	if (lstat(path, &st) != 0)
		return tt_error_set(err, -errno, path, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return tt_error_set(err, -EBADMSG, path, "not a regular file");
	if (st.st_size != file->bytes)
		return tt_error_set(err, -EBADMSG, path,
				"%lld bytes; the manifest says %lld",
				(long long)st.st_size, (long long)file->bytes);
	ret = tt_sha256_of_file(path, hex);
	if (ret != 0)
		return tt_error_set(err, ret, path, "%s", strerror(-ret));
	if (strcmp(hex, file->sha256) != 0)
		return tt_error_set(err, -EBADMSG, path,
				"its bytes changed: SHA-256 %.16s…, the manifest says "
				"%.16s…",
				hex, file->sha256);
	return 0;
}

static int
check_named(const struct tt_snapshot *snapshot, const char *name,
		const struct tt_parquet_result *file, struct tt_error *err)
{
	char *path = tt_path_join(snapshot->path, name);
	int ret;

	if (path == NULL)
		return tt_error_set(err, -ENOMEM, snapshot->path, "out of memory");
	ret = check_bytes(path, file, err);
	free(path);
	return ret;
}

int
tt_snapshot_check_file(const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_error *err)
{
	return check_named(snapshot, tt_schema_of(table)->file,
			&snapshot->manifest.files[table], err);
}

int
tt_snapshot_check_packets(const struct tt_snapshot *snapshot, struct tt_error *err)
{
	return check_named(
			snapshot, TT_PACKETS_FILE, &snapshot->manifest.packets_file, err);
}

static int
check_columns(const struct tt_schema *schema, const struct tt_parquet_reader *reader,
		const char *path, struct tt_error *err)
{
	const struct tt_column *columns = tt_parquet_columns(reader);

	if (tt_parquet_n_columns(reader) != schema->n_columns)
		return tt_error_set(err, -EBADMSG, path,
				"%u columns; schema version %d of %s has %u",
				tt_parquet_n_columns(reader), TT_SCHEMA_VERSION,
				schema->name, schema->n_columns);
	for (unsigned i = 0; i < schema->n_columns; i++) {
		if (strcmp(columns[i].name, schema->columns[i].name) != 0
				|| columns[i].type != schema->columns[i].type)
			return tt_error_set(err, -EBADMSG, path,
					"column %u is not %s of schema version %d", i + 1,
					schema->columns[i].name, TT_SCHEMA_VERSION);
	}
	return 0;
}

int
tt_snapshot_table_at(const char *path, enum tt_table table,
		struct tt_parquet_reader **reader, struct tt_error *err)
{
	const struct tt_schema *schema = tt_schema_of(table);
	char *file = tt_path_join(path, schema->file);
	struct tt_parquet_reader *r = NULL;
	int ret;

	if (file == NULL)
		return tt_error_set(err, -ENOMEM, path, "out of memory");
	ret = tt_parquet_open(&r, file, err);
	if (ret == 0) {
		ret = check_columns(schema, r, file, err);
		if (ret != 0)
			tt_parquet_close(r);
		else
			*reader = r;
	}
	free(file);
	return ret;
}

int
tt_snapshot_table(const struct tt_snapshot *snapshot, enum tt_table table,
		struct tt_parquet_reader **reader, struct tt_error *err)
{
	return tt_snapshot_table_at(snapshot->path, table, reader, err);
}
