/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The subcommands of teiten. Each gets its own name as argv[0] and what follows it on the
 * command line, and returns the exit status of the program. They print their errors themselves.
 */
#ifndef COMMANDS_H
#define COMMANDS_H

#define EXIT_OK    0
#define EXIT_DATA  1 /* bad data, or an operation that failed */
#define EXIT_USAGE 2 /* unknown command or option, missing operand */

int cmd_compact(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_read(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_rules(int argc, char **argv);
int cmd_synth(int argc, char **argv);
int cmd_top_countries(int argc, char **argv);
int cmd_top_networks(int argc, char **argv);
int cmd_top_targets(int argc, char **argv);
int cmd_uniques(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_watch(int argc, char **argv);

#endif
