/* SPDX-License-Identifier: BSD-3-Clause */
/* teiten synth: a profile → a capture file of synthetic darknet traffic. */
#include "commands.h"
#include "stop.h"
#include "synth_out.h"
#include "synth_truth.h"

#include "tt_profile_text.h"
#include "tt_synth.h"
#include "tt_time.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#define PROGRAM "teiten synth"

struct request {
	const char *profile, *out, *geo, *truth;
	struct tt_synth_options options;
	unsigned split;
	bool help, no_geo; /* --geo none was given */
};

static void
usage(FILE *to)
{
	fputs("Usage: teiten synth --profile FILE --out FILE.pcap [OPTIONS]\n"
	      "Writes synthetic darknet traffic. The same profile, seed and country database\n"
	      "give the same bytes.\n\n"
	      "  --profile FILE      what to generate (docs/profiles.md)\n"
	      "  --out FILE          the capture file to write; - is standard output\n"
	      "  --seed N            another number, another run of the same traffic (1)\n"
	      "  --geo FILES         country databases, comma-separated, or none; without\n"
	      "                      one, sources come from anywhere\n"
	      "  --start TIME        instead of the profile's, e.g. 2026-01-05T00:00:00Z\n"
	      "  --duration TIME     instead of the profile's: seconds, or 90s, 5m, 24h, 31d\n"
	      "  --packets N         exactly N packets, in the profile's proportions\n"
	      "  --split N           N files, FILE-0.pcap and so on, one per receive queue:\n"
	      "                      the packets of a source are in the same file\n"
	      "  --truth FILE        JSON with the exact totals of each component\n\n"
	      "SIGINT, SIGTERM and SIGHUP end it with no file made or changed, exit status 130, 143, 129.\n",
			to);
}

static int
bad_value(const char *option, const char *value, const char *expected)
{
	fprintf(stderr, PROGRAM ": --%s: \"%s\" is not %s\n", option, value, expected);
	return EXIT_USAGE;
}

static bool
parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *value)
{
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*value = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0' && *value >= min && *value <= max;
}

static int
set_option(struct request *r, char option, const char *value)
{
	uint64_t number = 0;

	switch (option) {
	case 'p':
		r->profile = value;
		return EXIT_OK;
	case 'o':
		r->out = value;
		return EXIT_OK;
	case 'g':
		if (value[0] == '\0') {
			fprintf(stderr,
					PROGRAM
					": --geo: an empty path; name a file, or none\n");
			return EXIT_USAGE;
		}
		r->no_geo = strcmp(value, "none") == 0;
		r->geo = r->no_geo ? NULL : value;
		return EXIT_OK;
	case 'j':
		r->truth = value;
		return EXIT_OK;
	case 'h':
		r->help = true;
		return EXIT_OK;
	case 's':
		if (!parse_u64(value, 0, UINT64_MAX, &r->options.seed))
			return bad_value("seed", value, "a number of up to 64 bits");
		return EXIT_OK;
	case 't':
		if (tt_time_parse_with_offset(value, &r->options.start_us) != 0)
			return bad_value("start", value,
					"a time such as 2026-01-05T00:00:00Z");
		return EXIT_OK;
	case 'd':
		if (tt_text_duration(value, &r->options.duration_us, NULL) != 0
				|| r->options.duration_us < TT_US_PER_S)
			return bad_value("duration", value,
					"a duration such as 90s, 5m, 24h, from 1 second to "
					"366 days");
		return EXIT_OK;
	case 'n':
		if (!parse_u64(value, 1, TT_PROFILE_PACKETS_MAX, &number))
			return bad_value("packets", value, "a number from 1 to 10^12");
		r->options.packets = (int64_t)number;
		return EXIT_OK;
	case 'q':
		if (!parse_u64(value, 1, SYNTH_OUT_MAX, &number))
			return bad_value("split", value, "a number from 1 to 64");
		r->split = (unsigned)number;
		return EXIT_OK;
	default:
		return EXIT_USAGE; /* getopt has said it */
	}
}

static int
parse_args(struct request *r, int argc, char **argv)
{
	static const struct option options[] = {
			{"profile", required_argument, NULL, 'p'},
			{"out", required_argument, NULL, 'o'},
			{"seed", required_argument, NULL, 's'},
			{"geo", required_argument, NULL, 'g'},
			{"start", required_argument, NULL, 't'},
			{"duration", required_argument, NULL, 'd'},
			{"packets", required_argument, NULL, 'n'},
			{"split", required_argument, NULL, 'q'},
			{"truth", required_argument, NULL, 'j'},
			{"help", no_argument, NULL, 'h'},
			{0},
	};
	static char program[] = PROGRAM;
	int option, status;

	argv[0] = program; /* for getopt's own messages */
	optind = 0;
	while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		status = set_option(r, (char)option, optarg);
		if (status != EXIT_OK || r->help)
			return status;
	}
	if (optind < argc)
		fprintf(stderr, PROGRAM ": unexpected operand %s\n", argv[optind]);
	else if (r->profile == NULL || r->out == NULL)
		fprintf(stderr, PROGRAM ": --profile and --out are needed; see --help\n");
	else if (r->split > 1 && strcmp(r->out, "-") == 0)
		fprintf(stderr, PROGRAM ": --split: standard output is one file\n");
	else
		return EXIT_OK;
	return EXIT_USAGE;
}

static void
show_progress(int64_t done, int64_t total)
{
	static int terminal = -1;

	if (terminal < 0)
		terminal = isatty(STDERR_FILENO);
	if (terminal)
		fprintf(stderr, "\r%3d %% of %" PRId64 " packets%s",
				(int)(100 * done / total), total,
				done == total ? "\n" : "");
}

static int
write_frames(struct tt_synth *synth, const struct request *r, struct tt_error *err)
{
	struct synth_out out;
	struct tt_frame frame;
	int64_t done = 0, total = tt_synth_total(synth);
	int ret;

	/* So that it ends with no temporary file left. */
	stop_catch_signals();
	ret = synth_out_open(&out, r->out, r->split, err);

	if (ret != 0)
		return ret;
	while (ret == 0 && tt_synth_next(synth, &frame)) {
		ret = synth_out_write(&out, &frame, err);
		if (stop_wanted(err) != 0)
			ret = -EINTR;
		if ((++done & 0x3ffff) == 0 || done == total)
			show_progress(done, total);
	}
	if (ret != 0) {
		synth_out_abandon(&out);
		return ret;
	}
	return synth_out_close(&out, err);
}

static void
print_summary(const struct tt_profile *profile, const struct tt_synth *synth,
		const struct request *r, const struct tt_geo *geo)
{
	FILE *to = strcmp(r->out, "-") == 0 ? stderr : stdout;
	char start[TT_TIME_TEXT_MAX], name[PATH_MAX];

	fputs(synth_out_name(name, r->out, r->split, 0), to);
	if (r->split > 1)
		fprintf(to, " %s %s", r->split == 2 ? "and" : "to",
				synth_out_name(name, r->out, r->split, r->split - 1));
	fprintf(to, ": %" PRId64 " packets of %s from %s on, %.10g s, seed %" PRIu64 "\n",
			tt_synth_total(synth), profile->name,
			tt_time_format(tt_synth_start(synth), start),
			(double)tt_synth_duration(synth) / TT_US_PER_S, r->options.seed);
	fprintf(to, "  countries by %s\n", geo->identity);
	for (unsigned i = 0; i < profile->n_components; i++)
		fprintf(to, "  %-28s %12" PRId64 "\n", profile->components[i].name,
				tt_synth_planned(synth, i));
}

/* `teiten read` has a default database. */
static void
warn_of_countries(const struct request *r, const struct tt_profile *profile)
{
	if (r->geo != NULL || r->no_geo)
		return;
	for (unsigned i = 0; i < profile->n_components; i++)
		for (unsigned j = 0; j < profile->components[i].n_shares; j++)
			if (profile->components[i].shares[j].country[0] != '\0') {
				fprintf(stderr,
						PROGRAM
						": warning: %s names countries, and without a "
						"country database (--geo) all sources come from "
						"anywhere\n",
						r->profile);
				return;
			}
}

static int
generate(const struct request *r, struct tt_error *err)
{
	struct tt_profile *profile = NULL;
	struct tt_geo *geo = NULL;
	struct tt_synth *synth = NULL;
	int ret = tt_profile_load(&profile, r->profile, err);

	if (ret == 0)
		ret = tt_geo_open(&geo, r->geo, tt_mem_heap(), err);
	if (ret == 0) {
		warn_of_countries(r, profile);
		ret = tt_synth_create(&synth, profile, geo, &r->options, err);
		if (ret != 0)
			tt_error_at(err, "%s", r->profile);
	}
	if (ret == 0)
		ret = write_frames(synth, r, err);
	if (ret == 0 && r->truth != NULL)
		ret = synth_truth_write(r->truth, profile, synth, r->options.seed, err);
	if (ret == 0)
		print_summary(profile, synth, r, geo);
	tt_synth_destroy(synth);
	tt_geo_close(geo);
	tt_profile_destroy(profile);
	return ret;
}

int
cmd_synth(int argc, char **argv)
{
	struct request r = {.split = 1, .options = {.seed = 1, .start_us = -1}};
	struct tt_error err = {0};
	int status = parse_args(&r, argc, argv);

	if (r.help && status == EXIT_OK) {
		usage(stdout);
		return EXIT_OK;
	}
	if (status != EXIT_OK)
		return status;
	status = generate(&r, &err);
	if (status == 0 || status == -EPIPE)
		return EXIT_OK;
	tt_error_print(PROGRAM, &err);
	return status == -EINTR ? stop_status() : EXIT_DATA;
}
