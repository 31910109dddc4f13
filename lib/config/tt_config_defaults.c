/* SPDX-License-Identifier: BSD-3-Clause */
/* Files that are read where none is named: where they are looked for, and what is off without them. */
#include "tt_asn.h"
#include "tt_config_option.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define NEITHER(a, b) ", since neither " a " nor " b " can be read"

/* Of what a default was not found; the members of `missing` are these, by number. */
enum missing {
	MISSING_GEO,
	MISSING_GEO_V4,
	MISSING_GEO_V6,
	MISSING_ASN,
	MISSING_FINGERPRINTS,
	MISSING_CLASSES,
	N_MISSING,
};

static const struct {
	const char *option, *off;
} lines[N_MISSING] = {
		[MISSING_GEO] = {"geo",
				"no countries" NEITHER(TT_CONFIG_GEO_V4,
						TT_CONFIG_GEO_V6) " (tor-geoipdb has them)"},
		[MISSING_GEO_V4] = {"geo",
				"no countries of IPv4, since " TT_CONFIG_GEO_V4
				" cannot be read (tor-geoipdb has it)"},
		[MISSING_GEO_V6] = {"geo",
				"no countries of IPv6, since " TT_CONFIG_GEO_V6
				" cannot be read (tor-geoipdb has it)"},
		[MISSING_ASN] = {"asn",
				"no AS numbers, since " TT_ASN_DEFAULT
				" cannot be read (libloc-database has it)"},
		[MISSING_FINGERPRINTS] = {"fingerprints",
				"no fingerprints" NEITHER(TT_CONFIG_RULES_INSTALLED,
						TT_CONFIG_RULES_SOURCE)},
		[MISSING_CLASSES] = {"rule-classes",
				"classtypes of signatures have no category" NEITHER(
						TT_CONFIG_CLASSES_INSTALLED,
						TT_CONFIG_CLASSES_SOURCE)},
};

static bool
is_there(const char *path)
{
	return access(path, R_OK) == 0;
}

static void
miss(struct tt_config *config, enum missing what)
{
	config->missing |= 1u << what;
}

/* The files of tor-geoipdb that are there, as a list. */
static const char *
find_geo(struct tt_config *config)
{
	const bool v4 = is_there(TT_CONFIG_GEO_V4), v6 = is_there(TT_CONFIG_GEO_V6);

	if (v4 && v6)
		return TT_CONFIG_GEO_V4 "," TT_CONFIG_GEO_V6;
	miss(config, v4 ? MISSING_GEO_V6 : v6 ? MISSING_GEO_V4 : MISSING_GEO);
	return v4 ? TT_CONFIG_GEO_V4 : v6 ? TT_CONFIG_GEO_V6 : "";
}

/* A file as installed; else, in a build tree, as it lies beside the source. */
static const char *
find_file(const char *installed, const char *source)
{
	return is_there(installed) ? installed : is_there(source) ? source : "";
}

/* Notes a file that was not found. */
static const char *
expect(struct tt_config *config, enum missing what, const char *found)
{
	if (found[0] == '\0')
		miss(config, what);
	return found;
}

const char *
tt_config_classes(void)
{
	return find_file(TT_CONFIG_CLASSES_INSTALLED, TT_CONFIG_CLASSES_SOURCE);
}

const char *
tt_config_no_classes(void)
{
	return lines[MISSING_CLASSES].off;
}

void
tt_config_find_defaults(struct tt_config *config)
{
	config->missing = 0;
	config->geo = strdup(find_geo(config));
	config->asn = strdup(expect(config, MISSING_ASN,
			is_there(TT_ASN_DEFAULT) ? TT_ASN_DEFAULT : ""));
	config->fingerprints = strdup(expect(config, MISSING_FINGERPRINTS,
			find_file(TT_CONFIG_RULES_INSTALLED, TT_CONFIG_RULES_SOURCE)));
	config->rule_classes = strdup(
			expect(config, MISSING_CLASSES, tt_config_classes()));
}

void
tt_config_replace_default(struct tt_config *config, const char *option)
{
	for (unsigned i = 0; i < N_MISSING; i++)
		if (strcmp(lines[i].option, option) == 0)
			config->missing &= ~(1u << i);
}

/* Classes are of signatures. */
static bool
is_missed(const struct tt_config *config, enum missing what)
{
	return (config->missing >> what & 1) != 0
			&& (what != MISSING_CLASSES || config->rules[0] != '\0');
}

void
tt_config_print_missing(const struct tt_config *config, const char *program, FILE *out)
{
	for (unsigned i = 0; i < N_MISSING; i++)
		if (is_missed(config, i))
			fprintf(out, "%s: warning: %s; --%s names a file, or none\n",
					program, lines[i].off, lines[i].option);
}

int
tt_config_check_defaults(const struct tt_config *config, struct tt_error *err)
{
	for (unsigned i = 0; i < N_MISSING; i++)
		if (is_missed(config, i))
			return tt_error_set(err, -ENOENT, lines[i].option,
					"the default is not there; name a file, or none");
	return 0;
}
