/* SPDX-License-Identifier: BSD-3-Clause */
#include "rules.h"
#include "tool.h"
#include "tt_capfile.h"
#include "tt_signature.h"
#include "tt_signature_count.h"

#include <inttypes.h>
#include <string.h>

#define PROGRAM "teiten rules match"
#define BURST   64
#define TRACKED (1 << 20) /* addresses that thresholds keep in mind */

static const char help[] =
		"Usage: teiten rules match --rules FILE [OPTION…] CAPTURE…\n"
		"Matches the packets of capture files, in the order of the operands, against\n"
		"signatures, and prints of each rule that matched: packets that matched it, and\n"
		"detections, which are those that its threshold or detection_filter lets through.\n"
		"Thresholds are counted by packet here, and by second in snapshots, which may\n"
		"differ by a few.\n"
		"\n"
		"  --rules FILE[,FILE…]   signatures; given again: more files, none takes them back\n"
		"  --rule-variables FILE  what $HOME_NET and the like stand for\n"
		"  --home-net LIST        HOME_NET, where FILE does not state it; prefixes\n"
		"  --rule-classes FILE    priority and category of each classtype, or none\n"
		"                         (default: those that come with teiten)\n"
		"  --all                  rules that did not match as well\n"
		"  --csv                  as CSV\n"
		"  --reference            try every rule on every packet, without any index: slow,\n"
		"                         to compare with\n"
		"  -h, --help             print this\n";

enum {
	OPT_RULES = RULES_OPT_OWN,
	OPT_ALL,
	OPT_CSV,
	OPT_REFERENCE,
};

static const struct option options[] = {
		{"rules", required_argument, NULL, OPT_RULES},
		RULES_OPTIONS,
		{"all", no_argument, NULL, OPT_ALL},
		{"csv", no_argument, NULL, OPT_CSV},
		{"reference", no_argument, NULL, OPT_REFERENCE},
		{"help", no_argument, NULL, 'h'},
		{0},
};

struct wish {
	const char **files; /* [n_files], room for one a word of the command line and one a comma */
	unsigned n_files;
	struct tt_rules_options rules;
	bool all, csv, reference;
};

/* As the option of teiten read: names with commas between them, and none takes back those before. */
static void
take_files(struct wish *w, char *list)
{
	char *name;

	if (strcmp(list, "none") == 0)
		w->n_files = 0;
	else
		while ((name = strsep(&list, ",")) != NULL)
			w->files[w->n_files++] = name + strspn(name, " ");
}

static void
take(struct wish *w, int option)
{
	if (rules_take(&w->rules, option))
		return;
	switch (option) {
	case OPT_RULES:
		take_files(w, optarg);
		break;
	case OPT_ALL:
		w->all = true;
		break;
	case OPT_CSV:
		w->csv = true;
		break;
	default:
		w->reference = true;
		break;
	}
}

/* All that matching needs, and what came of it. */
struct work {
	const struct wish *wish;
	struct tt_rules rules;
	struct tt_signatures *signatures;
	struct tt_signature_scratch *scratch;
	struct tt_signature_counts *counts;
	struct row {
		uint64_t matches, detections;
	} * rows; /* [rules.n] */
	uint64_t frames, packets, cut_short;
	struct tt_frame frame_of[BURST]; /* of the packets of a burst */
	struct tt_packet decoded[BURST];
	const uint8_t *data[BURST];
	uint32_t captured[BURST];
	struct tt_signature_hit hits[BURST * TT_SIGNATURE_HITS_MAX];
};

static unsigned
match(struct work *w, unsigned n)
{
	const struct tt_signature_burst burst = {w->decoded, w->data, w->captured, n};
	unsigned n_hits = 0;

	if (!w->wish->reference)
		return tt_signatures_burst(w->signatures, w->scratch, &burst, w->hits,
				&w->cut_short);
	for (unsigned i = 0; i < n; i++) {
		const struct tt_signature_packet p = tt_signature_packet(&burst, i);
		struct tt_signature_hit *hits = w->hits + n_hits;
		const unsigned more = tt_signature_one_ref(
				w->signatures, w->scratch, &p, hits);

		for (unsigned k = 0; k < more; k++)
			hits[k].packet = (uint16_t)i;
		n_hits += more;
	}
	return n_hits;
}

static void
match_frames(struct work *w, const struct tt_frame *frames, unsigned n)
{
	unsigned n_packets = 0, n_hits;

	for (unsigned i = 0; i < n; i++) {
		const struct tt_frame *f = &frames[i];
		struct tt_packet *p = &w->decoded[n_packets];

		if (tt_packet_decode(f->data, f->captured, f->link, p) != TT_FATE_COUNTED)
			continue;
		w->frame_of[n_packets] = *f;
		w->data[n_packets] = f->data;
		w->captured[n_packets++] = f->captured;
	}
	n_hits = match(w, n_packets);
	for (unsigned i = 0; i < n_hits; i++) {
		const struct tt_signature_hit *hit = &w->hits[i];

		w->rows[hit->rule].matches++;
		w->rows[hit->rule].detections += tt_signature_count(w->counts, hit->rule,
				&w->decoded[hit->packet],
				w->frame_of[hit->packet].time_us);
	}
	w->frames += n;
	w->packets += n_packets;
}

static int
match_file(struct work *w, const char *path, struct tt_error *err)
{
	struct tt_frame frames[BURST];
	struct tt_capfile *file;
	int ret = tt_capfile_open(&file, path, err);

	if (ret < 0)
		return ret;
	while ((ret = tt_capfile_read(file, frames, BURST, err)) > 0)
		match_frames(w, frames, (unsigned)ret);
	tt_capfile_close(file);
	return ret;
}

static void
print_csv_text(const char *text)
{
	putchar('"');
	for (; *text != '\0'; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static void
print_row(const struct tt_rule *r, const struct row *row, bool csv)
{
	if (csv) {
		printf("%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu64 ",%" PRIu64 ",",
				r->gid, r->sid, r->rev, row->matches, row->detections);
		print_csv_text(r->category);
		putchar(',');
		print_csv_text(r->message);
		putchar('\n');
	} else {
		printf("%10" PRIu32 " %10" PRIu64 " %10" PRIu64 "  %-10s  %s\n", r->sid,
				row->matches, row->detections, r->category, r->message);
	}
}

/* What CSV has no place for: why counts are too low. */
static void
warn(const struct work *w)
{
	if (w->cut_short != 0)
		fprintf(stderr,
				PROGRAM
				": %" PRIu64
				" packets cut short: rules can have matched more than that\n",
				w->cut_short);
	if (tt_signature_untracked(w->counts) != 0)
		fprintf(stderr, PROGRAM ": %" PRIu64 " matches untracked\n",
				tt_signature_untracked(w->counts));
}

static void
print_rows(const struct work *w)
{
	const struct wish *wish = w->wish;

	puts(wish->csv ? "gid,sid,rev,matches,detections,category,message"
		       : "       sid    matches detections  category    message");
	for (unsigned i = 0; i < w->rules.n; i++)
		if (wish->all || w->rows[i].matches != 0)
			print_row(&w->rules.rules[i], &w->rows[i], wish->csv);
	if (wish->csv) {
		warn(w);
		return;
	}
	printf("%" PRIu64 " frame%s, %" PRIu64 " IP packet%s among them, %s", w->frames,
			w->frames == 1 ? "" : "s", w->packets, w->packets == 1 ? "" : "s",
			w->rules.identity);
	if (w->cut_short != 0)
		printf(", %" PRIu64 " packets cut short", w->cut_short);
	if (tt_signature_untracked(w->counts) != 0)
		printf(", %" PRIu64 " matches untracked",
				tt_signature_untracked(w->counts));
	putchar('\n');
}

static int
prepare(struct work *w, struct tt_error *err)
{
	int ret = tt_rules_load(&w->rules, w->wish->files, w->wish->n_files,
			&w->wish->rules, err);

	if (ret == 0)
		ret = tt_signatures_compile(&w->signatures, &w->rules, NULL, err);
	if (ret < 0)
		return ret;
	w->rows = calloc(w->rules.n + 1, sizeof(*w->rows));
	if (w->rows == NULL || tt_signature_scratch_new(&w->scratch, w->signatures) < 0
			|| tt_signature_counts_create(&w->counts, &w->rules, TRACKED) < 0)
		return tt_error_set(err, -1, NULL, "no memory");
	return 0;
}

static void
release(struct work *w)
{
	tt_signature_counts_destroy(w->counts);
	tt_signature_scratch_free(w->scratch);
	tt_signatures_free(w->signatures);
	tt_rules_fini(&w->rules);
	free(w->rows);
	free(w);
}

static int
run(const struct wish *wish, char **captures, unsigned n)
{
	struct work *w = calloc(1, sizeof(*w));
	struct tt_error err = {0};
	int status = EXIT_DATA;

	if (w == NULL)
		return EXIT_DATA;
	w->wish = wish;
	if (prepare(w, &err) < 0) {
		tt_error_print(PROGRAM, &err);
		release(w);
		return EXIT_DATA;
	}
	status = EXIT_OK;
	for (unsigned i = 0; i < n; i++)
		if (match_file(w, captures[i], &err) < 0) {
			tt_error_print(PROGRAM, &err);
			status = EXIT_DATA;
		}
	print_rows(w);
	release(w);
	return status;
}

static int
match_operands(struct tool *tool, struct wish *w)
{
	int option;

	while ((option = tool_option(tool)) != -1) {
		if (option == 0)
			return tool->status;
		take(w, option);
	}
	if (w->n_files == 0)
		return tool_usage(tool, "--rules is missing");
	if (optind == tool->argc)
		return tool_usage(tool, "CAPTURE is missing");
	if (rules_wrong(tool, &w->rules))
		return tool->status;
	rules_settle(&w->rules, PROGRAM);
	return run(w, tool->argv + optind, (unsigned)(tool->argc - optind));
}

int
rules_match(int argc, char **argv)
{
	struct tool tool = {PROGRAM, help, options, ":h", argc, argv, 0};
	size_t room = (size_t)argc;
	struct wish w = {0};
	int status;

	for (int i = 0; i < argc; i++)
		for (const char *c = argv[i]; *c != '\0'; c++)
			room += *c == ',';
	w.files = calloc(room, sizeof(*w.files));
	if (w.files == NULL)
		return EXIT_DATA;
	rules_init(&w.rules);
	status = match_operands(&tool, &w);
	free(w.files);
	return status;
}
