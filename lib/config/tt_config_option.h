/* SPDX-License-Identifier: BSD-3-Clause */
/* The table of options, for the files of lib/config. */
#ifndef TT_CONFIG_OPTION_H
#define TT_CONFIG_OPTION_H

#include "tt_config.h"

enum tt_config_kind {
	TT_CONFIG_TEXT, /* char * */
	TT_CONFIG_SECONDS, /* int64_t, microseconds; as text seconds, or a duration (tt_time_parse_duration) */
	TT_CONFIG_LARGE, /* uint64_t */
	TT_CONFIG_SIZE, /* uint64_t, bytes; as text tt_size_parse takes */
	TT_CONFIG_COUNT, /* unsigned */
	TT_CONFIG_FLAG, /* bool */
};

struct tt_config_option {
	const char *name;
	const char *argument, *help;
	unsigned group;
	enum tt_config_kind kind;
	size_t offset; /* in struct tt_config */
	uint64_t min, max; /* inclusive, in the unit of the text */
	bool yaml_only;
	bool required; /* has no default */
	bool is_list; /* a text with commas: in YAML it may be a list */
	bool goes_on; /* given again on the command line, it adds to the list, unless that is none */
	bool takes_none; /* a text of files: "none" is the empty one */
	/* An option that cannot be given together with this one, both of a number: on the command
	 * line, this one takes away what the file says of that one. */
	const char *rival;
	/* Looks at a text or a number once it is in range, at times as seconds in digits; NULL if any will do. */
	int (*check)(const char *name, const char *value, struct tt_error *err);
};

#define TT_CONFIG_N_OPTIONS 33

extern const struct tt_config_option tt_config_options[TT_CONFIG_N_OPTIONS];

/* NULL if there is no option of this name. */
const struct tt_config_option *tt_config_option_find(const char *name);

static inline void *
tt_config_field(const struct tt_config *config, const struct tt_config_option *option)
{
	return (char *)(uintptr_t)config + option->offset;
}

int tt_config_check_sensor(const char *name, const char *value, struct tt_error *err);
int tt_config_check_monitored(const char *name, const char *value, struct tt_error *err);
int tt_config_check_interval(const char *name, const char *value, struct tt_error *err);
int tt_config_check_simd(const char *name, const char *value, struct tt_error *err);
int tt_config_check_ports(const char *name, const char *value, struct tt_error *err);
int tt_config_check_words(const char *name, const char *value, struct tt_error *err);

/* Puts in the files that are read where none is named, as far as they are there, and notes which are
 * not. A text is NULL where memory was short. */
void tt_config_find_defaults(struct tt_config *config);

/* The option has been given: its default is not missed any more. */
void tt_config_replace_default(struct tt_config *config, const char *option);

/* Is this UTF-8 that YAML can hold in one line: no control characters, no line ends? */
bool tt_config_is_text(const char *text);

#endif
