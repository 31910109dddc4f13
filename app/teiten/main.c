/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The program: its table of subcommands, and what becomes of standard output. A reader that goes
 * away (`teiten export … | head`) ends the printing and is no error: nothing is said, and the
 * exit status is what it would have been, 0 unless something else went wrong.
 */
#include "commands.h"
#include "tool.h"
#include "tt_nearest.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

struct command {
	const char *name, *what;
	int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
		{"read", "make snapshots from capture files", cmd_read},
		{"merge", "merge the snapshots of several sensors", cmd_merge},
		{"compact", "merge minutes into hours and days, and delete what is old",
				cmd_compact},
		{"info", "describe a spool or a snapshot", cmd_info},
		{"verify", "prove snapshots intact", cmd_verify},
		{"export", "write tables as CSV, JSON Lines, Avro, SQLite, Parquet",
				cmd_export},
		{"top-targets", "print the ranking of targets", cmd_top_targets},
		{"top-countries", "print the ranking of source countries",
				cmd_top_countries},
		{"top-networks", "print the ranking of source networks (AS numbers)",
				cmd_top_networks},
		{"uniques", "estimate distinct sources and destinations over snapshots",
				cmd_uniques},
		{"report", "write the observation report of a month, a week, a day",
				cmd_report},
		{"watch", "tell of surges, new targets and silent sensors", cmd_watch},
		{"rules", "check files of signatures", cmd_rules},
		{"synth", "make a capture file of darknet traffic from a profile",
				cmd_synth},
};

static void
help(FILE *out)
{
	fputs("Usage: teiten COMMAND [OPTION…] …\n"
	      "Makes and reads the snapshots of a darknet sensor.\n\n",
			out);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(commands); i++)
		fprintf(out, "  %-13s %s\n", commands[i].name, commands[i].what);
	fputs("\n`teiten COMMAND --help` says more; `teiten --version` prints the version.\n"
	      "Of an option that is given twice the last one counts, unless its help says otherwise.\n"
	      "Exit status: 0 done, 1 bad data, no snapshots or a failed operation, 2 wrong usage,\n"
	      "128 + N where signal N ended it.\n",
			out);
}

/* What was printed is only known to be written once it is flushed. name: of the command, or an option. */
static int
flush_output(int status, const char *name)
{
	errno = 0;
	if ((fflush(stdout) == 0 && !ferror(stdout)) || tool_reader_gone(stdout))
		return status;
	/* A command that saw the error itself has said so. */
	if (status == EXIT_OK)
		fprintf(stderr, "teiten%s%s: standard output: %s\n",
				name[0] == '-' ? "" : " ", name[0] == '-' ? "" : name,
				errno == 0 ? "write error" : strerror(errno));
	return status == EXIT_OK ? EXIT_DATA : status;
}

static int
version(void)
{
	printf("teiten %s\n", TT_VERSION);
	return EXIT_OK;
}

/* Is --version the last of what follows the command, and no path, as all behind "--" are? */
static bool
asks_version(int argc, char **argv)
{
	for (int i = 2; i < argc - 1; i++)
		if (strcmp(argv[i], "--") == 0)
			return false;
	return argc > 2 && strcmp(argv[argc - 1], "--version") == 0;
}

static int
run(int argc, char **argv)
{
	const char *name = argv[1], *meant = NULL;
	char text[TT_NEAREST_TEXT_MAX];

	for (unsigned i = 0; i < TT_ARRAY_SIZE(commands); i++) {
		if (strcmp(name, commands[i].name) != 0)
			continue;
		if (asks_version(argc, argv))
			return version();
		return commands[i].run(argc - 1, argv + 1);
	}
	if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
		help(stdout);
		return EXIT_OK;
	}
	if (strcmp(name, "--version") == 0)
		return version();
	for (unsigned i = 0; i < TT_ARRAY_SIZE(commands); i++)
		tt_nearest_try(name, commands[i].name, &meant);
	fprintf(stderr, "teiten: unknown %s: %s%s; teiten --help lists the commands%s\n",
			name[0] == '-' ? "option" : "command", name,
			tt_nearest_text(meant, "", text),
			name[0] == '-' ? ", which come before their options" : "");
	return EXIT_USAGE;
}

int
main(int argc, char **argv)
{
	/* So that a reader that went away is an error of writing, in every command alike. */
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		fputs("teiten: no command given; teiten --help lists them\n", stderr);
		return EXIT_USAGE;
	}
	return flush_output(run(argc, argv), argv[1]);
}
