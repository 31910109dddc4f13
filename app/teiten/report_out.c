/* SPDX-License-Identifier: BSD-3-Clause */
#include "report.h"
#include "tt_export_out.h"
#include "tt_render.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What goes into one file. */
struct part {
	enum report_format format;
	bool brief; /* of REPORT_TEXT */
	const char *csv_id; /* of REPORT_CSV */
	const struct tt_document *doc;
	const struct tt_locale *locale;
};

static int
print(const struct part *part, FILE *out)
{
	switch (part->format) {
	case REPORT_HTML:
		return tt_render_html(part->doc, part->locale, out);
	case REPORT_TEXT:
		return part->brief ? tt_render_text_brief(part->doc, part->locale, out)
				   : tt_render_text(part->doc, part->locale, out);
	case REPORT_JSON:
		return tt_render_json(part->doc, part->locale, out);
	default:
		return tt_render_csv(part->doc, part->locale, part->csv_id, out);
	}
}

/* A stream does not keep why writing to it failed; what is behind it does. */
static ssize_t
pass_on(void *cookie, const char *bytes, size_t n)
{
	struct tt_out *out = cookie;

	tt_out_bytes(out, bytes, n);
	return out->failed == 0 ? (ssize_t)n : 0;
}

/* Prints into what is open. */
static int
print_to(const struct part *part, struct tt_out *out)
{
	FILE *stream = fopencookie(out, "w", (cookie_io_functions_t){.write = pass_on});
	int ret = stream == NULL ? -errno : print(part, stream);

	if (stream != NULL && fclose(stream) != 0 && ret == 0)
		ret = -EIO;
	return out->failed != 0 ? -out->failed : ret;
}

/* Writes a file whole, or leaves the one that was there. */
static int
write_file(const struct part *part, const char *path, struct tt_error *err)
{
	struct tt_out *out = malloc(sizeof(*out));
	int ret = out == NULL ? tt_error_set(err, -ENOMEM, path, "%s", strerror(ENOMEM))
			      : tt_out_open(out, path, err);

	if (ret == 0) {
		ret = print_to(part, out);
		if (ret == 0) {
			ret = tt_out_finish(out, err);
		} else {
			tt_out_abandon(out);
			tt_error_set(err, ret, path, "%s", strerror(-ret));
		}
	}
	free(out);
	return ret;
}

static int
write_named(const struct part *part, const char *dir, const char *name,
		const char *extension, struct tt_error *err)
{
	char *path;
	int ret;

	if (asprintf(&path, "%s/%s%s", dir, name, extension) < 0)
		return tt_error_set(err, -ENOMEM, dir, "out of memory");
	ret = tt_out_may_replace(path, err);
	if (ret == 0)
		ret = write_file(part, path, err);
	free(path);
	return ret;
}

static int
write_csv_files(struct part part, const char *dir, struct tt_error *err)
{
	const char *id;
	int ret = 0;

	part.format = REPORT_CSV;
	for (size_t i = 0; ret == 0 && (id = tt_render_csv_id(part.doc, i)) != NULL;
			i++) {
		part.csv_id = id;
		ret = write_named(&part, dir, id, ".csv", err);
	}
	return ret;
}

static int
write_dir(const struct report_wish *wish, struct part part, struct tt_error *err)
{
	static const struct {
		enum report_format format;
		const char *extension;
	} files[] = {{REPORT_HTML, ".html"}, {REPORT_TEXT, ".txt"},
			{REPORT_JSON, ".json"}};
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < TT_ARRAY_SIZE(files); i++) {
		part.format = files[i].format;
		if (wish->formats & part.format)
			ret = write_named(&part, wish->out, "report", files[i].extension,
					err);
	}
	if (ret == 0 && wish->formats & REPORT_CSV)
		ret = write_csv_files(part, wish->out, err);
	return ret;
}

/* Makes a file in the directory, and takes it away. */
static int
try_dir(const char *dir, struct tt_error *err)
{
	char *path, *tmp;
	FILE *out;
	int ret = 0;

	if (asprintf(&path, "%s/report", dir) < 0)
		return tt_error_set(err, -ENOMEM, dir, "out of memory");
	tmp = tt_out_hidden(path);
	out = tmp == NULL ? NULL : fopen(tmp, "we");
	if (out == NULL)
		ret = tmp == NULL ? -ENOMEM : -errno;
	else
		fclose(out);
	if (out != NULL)
		unlink(tmp);
	free(tmp);
	free(path);
	return ret == 0 ? 0 : tt_error_set(err, ret, dir, "%s", strerror(-ret));
}

int
report_prepare(const struct report_wish *wish, bool *made, struct tt_error *err)
{
	int ret;

	*made = false;
	if (wish->out == NULL)
		return 0;
	*made = access(wish->out, F_OK) != 0;
	ret = tt_out_make_dirs(wish->out, err);
	return ret == 0 ? try_dir(wish->out, err) : ret;
}

int
report_write(const struct report_wish *wish, const struct tt_document *doc,
		const struct tt_locale *locale, struct tt_error *err)
{
	const struct part part = {.format = (enum report_format)wish->formats,
			.brief = wish->brief,
			.doc = doc,
			.locale = locale};
	int ret;

	if (wish->out != NULL)
		return write_dir(wish, part, err);
	ret = print(&part, stdout);
	/* What cannot be written to standard output, main says. */
	return ret == -EIO         ? 0
			: ret == 0 ? 0
				   : tt_error_set(err, ret, NULL, "%s", strerror(-ret));
}
