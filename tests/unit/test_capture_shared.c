/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Real captures, which stay outside the project: every file that the manifest beside them lists
 * gives as many frames as it says. TT_SHARED names the place; skipped where they are absent.
 */
#include "tt_capfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

/* Returns the number of frames, or a negative errno after saying which file. */
static int
count_frames(const char *path)
{
	struct tt_frame frames[64];
	struct tt_capfile *f;
	struct tt_error err;
	int rc = tt_capfile_open(&f, path, &err), n = 0;

	if (rc == 0) {
		while ((rc = tt_capfile_read(f, frames, 64, &err)) > 0)
			n += rc;
		tt_capfile_close(f);
	}
	if (rc < 0)
		print_error("%s: %s\n", err.where, err.why);
	return rc < 0 ? rc : n;
}

/* line: file, bytes, hash, format, link type, packets, … Returns false where they differ. */
static bool
check_line(char *line)
{
	char *fields[6], path[1024];
	int n;

	for (unsigned i = 0; i < 6; i++) {
		fields[i] = strsep(&line, "\t");
		if (fields[i] == NULL)
			return false;
	}
	snprintf(path, sizeof(path), "%s/pcap/%s", getenv("TT_SHARED"), fields[0]);
	n = count_frames(path);
	if (n != atoi(fields[5]))
		print_error("%s: %d frames, not %s\n", path, n, fields[5]);
	return n == atoi(fields[5]);
}

static void
real_captures_give_as_many_frames_as_their_manifest_says(void **state)
{
	const char *shared = getenv("TT_SHARED");
	char path[1024], *line = NULL;
	unsigned n = 0, bad = 0;
	size_t room = 0;
	FILE *manifest;

	snprintf(path, sizeof(path), "%s/pcap/MANIFEST.tsv",
			shared == NULL ? "" : shared);
	manifest = fopen(path, "r");
	if (manifest == NULL) {
		print_message("# skipped: there is no $TT_SHARED/pcap/MANIFEST.tsv\n");
		skip();
	}
	while (getline(&line, &room, manifest) > 0) {
		if (n++ > 0 && !check_line(line)) /* the first line names the columns */
			bad++;
	}
	free(line);
	fclose(manifest);
	assert_int_equal(bad, 0);
	assert_true(n > 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					real_captures_give_as_many_frames_as_their_manifest_says),
	};

	return cmocka_run_group_tests_name("capture_shared", tests, NULL, NULL);
}
