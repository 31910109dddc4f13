/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Prints a document made by hand: report_sample plain|hostile en|ja html|text|json|csv|csv=ID
 * csv alone lists the ids.
 */
#include "document_bed_hostile.h"
#include "tt_render.h"

static int
print_csv(const struct bed *bed, const char *format)
{
	const char *id;

	if (format[3] == '=')
		return tt_render_csv(&bed->doc, bed->locale, format + 4, stdout);
	for (size_t i = 0; (id = tt_render_csv_id(&bed->doc, i)) != NULL; i++)
		puts(id);
	return 0;
}

static int
print(const struct bed *bed, const char *format)
{
	if (strcmp(format, "html") == 0)
		return tt_render_html(&bed->doc, bed->locale, stdout);
	if (strcmp(format, "text") == 0)
		return tt_render_text(&bed->doc, bed->locale, stdout);
	if (strcmp(format, "json") == 0)
		return tt_render_json(&bed->doc, bed->locale, stdout);
	return print_csv(bed, format);
}

int
main(int argc, char **argv)
{
	struct bed bed = {0};
	int rc;

	if (argc != 4 || bed_open(&bed, argv[2]) != 0)
		return 2;
	if (strcmp(argv[1], "plain") == 0)
		bed_plain(&bed);
	else
		bed_hostile(&bed);
	rc = print(&bed, argv[3]);
	bed_close(&bed);
	return rc == 0 ? 0 : 1;
}
