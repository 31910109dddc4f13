/* SPDX-License-Identifier: BSD-3-Clause */
/* teiten read: capture files → snapshots. */
#include "commands.h"
#include "reading.h"

#include <errno.h>
#include <limits.h>
#include <malloc.h>
#include <string.h>
#include <unistd.h>

/* Heap blocks up to so many bytes are kept for the next interval; the tables are larger. */
#define KEPT_BLOCK (16 << 20)

static void
usage(const struct tt_config_cli *cli)
{
	printf("Usage: teiten read [OPTIONS] FILE...\n"
	       "Makes snapshots from capture files: pcap and pcapng, plain, .gz, .zst or .xz.\n"
	       "Several files are read side by side, as the queues of one port would be. They are\n"
	       "read twice, and so pipes are refused, but for standard input, \"-\", of which a copy is\n"
	       "kept in the spool until it was read; nothing is counted before a pipe ends.\n\n");
	tt_config_print_help(cli, stdout);
	printf("\nExit status: 0 done, 1 bad data or a failed operation (also where a file is "
	       "truncated or\ndamaged, and what is whole of it was counted), 2 wrong usage. "
	       "SIGINT and SIGTERM stop it:\nfinished snapshots are kept, unfinished ones are "
	       "not written, exit status 130 or 143.\n");
}

/* What an earlier run saw. Where it cannot be had, that is said, and no more. */
static void
recall(struct reading *r)
{
	struct tt_error why = {0};

	if (tt_setup_load_recall(&r->setup, 0, &why) != 0)
		fprintf(stderr,
				"teiten read: %s: %s; what earlier intervals saw is not "
				"known\n",
				why.where, why.why);
}

/* Tables are to be fresh pages, which are zero. Once the heap has had blocks of some megabytes, such as
 * databases are read into, it would give tables of that size out of its own, clear them first, and
 * that in small pages. */
static void
take_fresh_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, TT_MEM_LARGE);
}

/* What writing a snapshot took and freed serves the next one, instead of going back to the system
 * and coming again page by page. To be called once the tables have been taken. */
static void
keep_freed_memory(void)
{
	mallopt(M_MMAP_THRESHOLD, KEPT_BLOCK);
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
}

/* What is large lies on the heap, in pages as large as there is to read; of a pipe nobody knows. */
static struct tt_mem *
memory_for(const struct reading *r)
{
	uint64_t bytes = 0;

	for (unsigned i = 0; i < r->n_inputs; i++)
		bytes += r->inputs[i].pipe ? READ_HUGE_PAGES_FROM : r->inputs[i].bytes;
	return bytes >= READ_HUGE_PAGES_FROM ? tt_mem_heap_huge() : tt_mem_heap();
}

static int
make_tables(struct reading *r, struct tt_mem *mem, struct tt_error *err)
{
	int ret = 0;

	for (unsigned i = 0; i < READ_TALLIES && ret == 0; i++)
		ret = tt_tally_create(&r->tallies[i], &r->setup.tally, mem, err);
	r->spare = r->tallies[1];
	return ret == 0 ? tt_merge_create(&r->merge, &r->setup.merge, mem, err) : ret;
}

/* Unless there is nothing to say. */
static void
warn(const char *text)
{
	if (text[0] != '\0')
		fprintf(stderr, "teiten read: warning: %s\n", text);
}

/* How many of the rules are matched, and of the others why not. */
static void
print_rules(const struct reading *r)
{
	char text[TT_SETUP_RULES_TEXT_MAX], nothing[TT_SETUP_NOTHING_TEXT_MAX];

	if (r->setup.ruleset != NULL)
		printf("rules: %s\n", tt_setup_rules_text(&r->setup, text));
	if (tt_setup_unsieved(&r->setup) != NULL)
		printf("rules: %s\n", tt_setup_unsieved(&r->setup));
	warn(tt_setup_no_rules_text(&r->setup, nothing));
}

static int
open_tables(struct reading *r, struct tt_error *err)
{
	char text[TT_SETUP_TABLES_TEXT_MAX];
	struct tt_mem *mem = memory_for(r);
	int ret;

	take_fresh_memory();
	ret = tt_setup_open(&r->setup, &r->config, 0, mem, err);
	if (ret != 0)
		return ret;
	recall(r);
	r->setup.merge.uses_up = true; /* an interval is merged once */
	ret = make_tables(r, mem, err);
	if (ret == 0)
		ret = tt_setup_pipeline(&r->setup, &r->pipeline, err);
	if (ret == 0)
		ret = tt_sequence_create(&r->sequence, 1, 4, r->config.interval_us,
				r->config.max_gap_us, err);
	if (ret != 0)
		return ret;
	tt_heard_suspect(tt_sequence_heard(r->sequence), tt_config_outage_us(&r->config));
	keep_freed_memory();
	tt_counter_init(&r->counter, TT_COUNTER_REPLAY, r->config.interval_us,
			r->config.max_gap_us, &r->pipeline, r->tallies[0], 0,
			reading_seal, r);
	printf("memory at most: %s\n", tt_setup_tables_text(&r->setup, text));
	tt_setup_print_monitored(&r->setup, stdout);
	print_rules(r);
	/* Before what is said of errors, where both go to one file. */
	fflush(stdout);
	return 0;
}

static void
describe_run(struct reading *r)
{
	gethostname(r->host, sizeof(r->host) - 1);
	r->run = (struct tt_run_info){.monitored = r->setup.monitored_text,
			.monitored_addresses = tt_prefix_set_size(&r->setup.monitored),
			.program = "teiten read",
			.version = TT_VERSION,
			.host = r->host,
			.workers = 1,
			.secret = r->setup.tally.secret};
}

/* Before the scan, which may take long, so that what is wrong is said at once. */
static int
open_reading(struct reading *r, struct tt_error *err)
{
	int ret = tt_spool_open(&r->spool, r->config.spool, r->config.sensor,
			TT_SYNC_BATCHED, err);

	if (ret == 0)
		ret = open_tables(r, err);
	describe_run(r);
	for (unsigned i = 0; i < r->n_inputs && ret == 0; i++)
		if (r->inputs[i].pipe)
			ret = reading_keep_pipe(r, &r->inputs[i], err);
	for (unsigned i = 0; i < r->n_inputs && ret == 0; i++)
		ret = reading_scan(r, &r->inputs[i], err);
	if (ret == 0 && tt_sequence_settle(r->sequence) != 0)
		ret = tt_error_set(err, -ENOMEM, NULL, "out of memory");
	reading_sort_intervals(r);
	if (ret == 0)
		ret = reading_check_taken(r, err);
	return ret == 0 ? reading_check_left(r, err) : ret;
}

static void
close_reading(struct reading *r)
{
	tt_spool_close(r->spool);
	tt_sequence_destroy(r->sequence);
	tt_merge_destroy(r->merge);
	tt_tally_destroy(r->tallies[0]);
	tt_tally_destroy(r->tallies[1]);
	tt_matcher_destroy(r->pipeline.matcher);
	tt_setup_fini(&r->setup);
	free(r->announced);
	free(r->inputs);
}

/* Not of what was skipped: that may have been counted earlier. */
static void
warn_of_nothing(const struct reading *r)
{
	char text[TT_SETUP_NOTHING_TEXT_MAX];

	if (r->skipped_frames == 0)
		warn(tt_setup_no_packets_text(&r->setup, r->fates, text));
	warn(tt_setup_unmonitored_text(&r->setup, r->fates, text));
}

/* Is anything wrong with the inputs that was said, and does not stop the reading? */
static bool
inputs_sound(const struct reading *r)
{
	for (unsigned i = 0; i < r->n_inputs; i++)
		if (r->inputs[i].cut || r->inputs[i].unknown_link > 0)
			return false;
	return true;
}

static int
read_files(struct reading *r, char **paths, unsigned n)
{
	struct tt_error err = {0};
	int ret = tt_setup_init(&r->setup, &r->config, READ_TALLIES, &err);
	bool usage;

	if (ret == 0)
		ret = reading_take_inputs(r, paths, n, &err);
	usage = ret == -EINVAL;
	stop_catch_signals();
	if (ret == 0)
		ret = open_reading(r, &err);
	if (ret == 0)
		ret = reading_run(r, &err);
	if (ret != 0) {
		tt_error_print("teiten read", &err);
	} else {
		reading_print_summary(r);
		fflush(stdout);
		warn_of_nothing(r);
	}
	if (ret == 0 && !inputs_sound(r))
		ret = -EBADMSG;
	close_reading(r);
	if (ret == -EINTR)
		return stop_status();
	return ret == 0 ? EXIT_OK : usage ? EXIT_USAGE : EXIT_DATA;
}

/* Tries everything that comes before the spool is written to and the files are touched. */
static int
check(struct reading *r, bool strict, unsigned *broken, struct tt_error *err)
{
	int ret = tt_setup_init(&r->setup, &r->config, READ_TALLIES, err);

	r->setup.whole_databases = true;
	if (ret == 0)
		ret = tt_setup_check_spool(&r->config, err);
	if (ret == 0)
		ret = tt_setup_open(&r->setup, &r->config, 0, tt_mem_heap(), err);
	if (ret == 0)
		ret = make_tables(r, tt_mem_heap(), err);
	if (ret == 0)
		tt_setup_print_monitored(&r->setup, stdout);
	if (ret == 0)
		ret = tt_setup_print_rules(&r->setup, strict, stdout, err);
	if (ret == 0 && strict)
		ret = tt_config_check_defaults(&r->config, err);
	*broken = tt_setup_broken_rules(&r->setup);
	close_reading(r);
	return ret;
}

/* What the command line asks for. */
static int
act(struct reading *r, const struct tt_config_cli *cli, int argc, char **argv)
{
	struct tt_error err = {0};
	unsigned broken = 0;
	int ret;

	if (cli->action == TT_CONFIG_HELP) {
		usage(cli);
		return EXIT_OK;
	}
	if (cli->action == TT_CONFIG_VERSION) {
		printf("teiten %s\n", TT_VERSION);
		return EXIT_OK;
	}
	ret = tt_config_check(&r->config, &err);
	if (ret == 0)
		tt_config_print_missing(&r->config, "teiten read", stderr);
	if (ret == 0 && cli->action == TT_CONFIG_CHECK)
		ret = check(r, cli->strict, &broken, &err);
	if (ret != 0) {
		tt_error_print("teiten read", &err);
		return EXIT_USAGE;
	}
	if (cli->action == TT_CONFIG_PRINT) {
		tt_config_print(&r->config, TT_CONFIG_COMMON, stdout);
		return EXIT_OK;
	}
	if (cli->action == TT_CONFIG_CHECK && cli->first_operand < argc
			&& strcmp(argv[cli->first_operand], "strict") == 0) {
		fprintf(stderr, "teiten read: write --check-config=strict, with the sign\n");
		return EXIT_USAGE;
	}
	if (cli->action == TT_CONFIG_CHECK) {
		tt_setup_print_sound(broken, stdout);
		return EXIT_OK;
	}
	if (cli->first_operand == argc) {
		fprintf(stderr, "teiten read: no capture file given\n");
		return EXIT_USAGE;
	}
	return read_files(r, argv + cli->first_operand,
			(unsigned)(argc - cli->first_operand));
}

static int
set_extra(void *reading, const char *name, const char *value, struct tt_error *err)
{
	struct reading *r = reading;

	if (strcmp(name, "leave-last") == 0)
		r->leave_last = true;
	else
		r->skip_existing = true;
	return 0;
}

int
cmd_read(int argc, char **argv)
{
	static const struct tt_config_extra extras[] = {
			{"skip-existing", NULL,
					"leave out intervals whose time a snapshot has already, to go on with a run that "
					"was stopped; thresholds of signatures count anew behind them"},
			{"leave-last", NULL,
					"do not write the interval of the newest frame, more of which is in a file "
					"yet to come: give this file again with that one, and --skip-existing"}};
	struct reading *r = calloc(1, sizeof(*r));
	struct tt_config_cli cli = {.groups = TT_CONFIG_COMMON,
			.operands = true,
			.extras = extras,
			.n_extras = TT_ARRAY_SIZE(extras),
			.set_extra = set_extra,
			.set_extra_arg = r};
	struct tt_error err = {0};
	int status;

	if (r == NULL || tt_config_init(&r->config, &err) != 0) {
		fprintf(stderr, "teiten read: out of memory\n");
		free(r);
		return EXIT_DATA;
	}
	if (tt_config_parse_args(&r->config, &cli, argc, argv, &err) != 0) {
		tt_error_print("teiten read", &err);
		status = EXIT_USAGE;
	} else {
		status = act(r, &cli, argc, argv);
	}
	tt_config_fini(&r->config);
	free(r);
	return status;
}
