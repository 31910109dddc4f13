/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_table_file.h"
#include "tt_time.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int
tt_table_file_create(struct tt_parquet_writer **writer, int dir_fd,
		const struct tt_manifest *m, enum tt_table table, struct tt_error *err)
{
	const struct tt_schema *schema = tt_schema_of(table);
	char version[16], start[TT_TIME_TEXT_MAX];
	const struct tt_key_value metadata[] = {
			{TT_META_SCHEMA_VERSION, version},
			{TT_META_TABLE, schema->name},
			{TT_META_INTERVAL_START, start},
			{TT_META_SENSOR, m->sensor},
			{TT_META_MONITORED, m->monitored},
			{TT_META_GEO, m->geo},
			{TT_META_ASN, m->asn},
			{TT_META_FINGERPRINTS, m->fingerprints},
			{TT_META_SIGNATURES, m->signatures},
	};
	int ret;

	snprintf(version, sizeof(version), "%d", TT_SCHEMA_VERSION);
	tt_time_format(m->start_us, start);
	ret = tt_parquet_create(writer, dir_fd, schema->file, schema->columns,
			schema->n_columns, metadata, TT_ARRAY_SIZE(metadata), err);
	if (ret != 0)
		return ret;
	tt_parquet_fix_int(*writer, TT_COLUMN_INTERVAL_START, m->start_us);
	tt_parquet_fix_text(*writer, TT_COLUMN_SENSOR, m->sensor);
	return 0;
}

static int
write_whole(int fd, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, text, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			errno = ENOSPC;
		if (n <= 0)
			return -1;
		text += n;
		size -= (size_t)n;
	}
	return 0;
}

int
tt_manifest_write(const struct tt_manifest *manifest, int dir_fd, bool sync,
		struct tt_error *err)
{
	char *text = tt_manifest_format(manifest);
	int fd, ret = 0;

	if (text == NULL)
		return tt_error_set(err, -EINVAL, TT_MANIFEST_FILE,
				"out of memory, or a name that is not UTF-8");
	fd = openat(dir_fd, TT_MANIFEST_FILE, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			0644);
	if (fd < 0 || write_whole(fd, text, strlen(text)) != 0
			|| (sync && fsync(fd) != 0))
		ret = tt_error_set(err, -errno, TT_MANIFEST_FILE, "%s", strerror(errno));
	if (fd >= 0 && close(fd) != 0 && ret == 0)
		ret = tt_error_set(err, -errno, TT_MANIFEST_FILE, "%s", strerror(errno));
	free(text);
	return ret;
}
