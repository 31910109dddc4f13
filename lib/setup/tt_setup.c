/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_setup_private.h"

#include <errno.h>
#include <string.h>

_Static_assert(TT_CONFIG_KEEP_MAX <= TT_KEPT_MAX, "a table keeps what may be configured");

static uint32_t
prefixes_max(const struct tt_prefix_set *set)
{
	/* A range is cut in two where IPv4's place is left out of it. */
	return set->n_ranges + 1 > TT_SETUP_PREFIXES ? set->n_ranges + 1
						     : TT_SETUP_PREFIXES;
}

static int
cut_units(struct tt_setup *s, struct tt_error *err)
{
	int ret = tt_units_init(&s->destinations, &s->monitored, TT_SETUP_DESTINATIONS, 0,
			0, err);

	if (ret == 0)
		ret = tt_units_init(&s->prefixes, &s->monitored,
				prefixes_max(&s->monitored), TT_SETUP_PREFIXES_BITS_V4,
				TT_SETUP_PREFIXES_BITS_V6, err);
	if (ret != 0)
		tt_error_at(err, "monitored");
	return ret;
}

static int
copy_texts(struct tt_setup *s, const struct tt_config *config, struct tt_error *err)
{
	s->sensor = strdup(config->sensor);
	s->monitored_text = tt_prefix_set_format(&s->monitored);
	if (asprintf(&s->sensor_path, "%s/%s", config->spool, config->sensor) < 0)
		s->sensor_path = NULL;
	if (asprintf(&s->recall_path, "%s/%s/" TT_SETUP_RECALL_FILE, config->spool,
			    config->sensor)
			< 0)
		s->recall_path = NULL;
	if (s->sensor == NULL || s->monitored_text == NULL || s->sensor_path == NULL
			|| s->recall_path == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	return 0;
}

int
tt_setup_init(struct tt_setup *s, const struct tt_config *config, unsigned table_sets,
		struct tt_error *err)
{
	int ret;

	*s = (struct tt_setup){.table_sets = table_sets,
			.remember_us = config->remember_us,
			.merge = {.source_ports = config->source_ports,
					.talkers = config->talkers,
					.sketch_rows = config->sketch_rows,
					.pair_rows = config->pair_rows,
					.contact_rows = config->contact_rows}};
	ret = tt_prefix_set_parse(&s->monitored, config->monitored, err);
	if (ret == 0)
		ret = cut_units(s, err);
	if (ret == 0)
		ret = copy_texts(s, config, err);
	if (ret != 0)
		return ret;
	if (config->rules[0] != '\0') {
		s->tally.signature_hits = config->signature_hits;
		s->tally.keep_packets = config->keep_packets;
		s->merge.max_signature_hits = config->signature_hits * table_sets;
	}
	s->tally.destinations = s->merge.destinations = &s->destinations;
	s->tally.prefixes = s->merge.prefixes = &s->prefixes;
	s->pipeline.monitored = &s->monitored;
	return tt_setup_decide_pairs(s, config, err);
}

/* What is read from files. Who sends to IPv4 has an address of IPv4. */
static int
open_files(struct tt_setup *s, const struct tt_config *config, struct tt_mem *mem,
		struct tt_error *err)
{
	const bool ipv6 = s->whole_databases || tt_prefix_set_has_ipv6(&s->monitored);
	int ret = tt_fingerprints_open(&s->fingerprints, config->fingerprints, err);

	if (ret == 0)
		ret = tt_geo_open_for(&s->geo, config->geo, ipv6, mem, err);
	if (ret == 0)
		ret = tt_asn_open_for(&s->asn, config->asn, ipv6, mem, err);
	if (ret == 0)
		ret = tt_setup_open_rules(s, config, &s->ruleset, err);
	return ret;
}

int
tt_setup_check(const struct tt_config *config, unsigned table_sets, bool strict,
		FILE *out, unsigned *broken, struct tt_error *err)
{
	struct tt_setup s;
	int ret = tt_setup_init(&s, config, table_sets, err);

	s.whole_databases = true;
	if (ret == 0)
		ret = tt_setup_check_spool(config, err);
	if (ret == 0)
		ret = tt_setup_check_memory(&s, config, err);
	if (ret == 0)
		ret = open_files(&s, config, tt_mem_heap(), err);
	if (ret == 0)
		tt_setup_print_monitored(&s, out);
	if (ret == 0)
		ret = tt_setup_print_rules(&s, strict, out, err);
	if (ret == 0 && strict)
		ret = tt_config_check_defaults(config, err);
	*broken = tt_setup_broken_rules(&s);
	tt_setup_fini(&s);
	return ret;
}

int
tt_setup_open(struct tt_setup *s, const struct tt_config *config, uint64_t seed,
		struct tt_mem *mem, struct tt_error *err)
{
	int ret = open_files(s, config, mem, err);

	if (ret == 0)
		ret = tt_recall_create(&s->recall, config->remember_sources,
				config->remember_us, mem, err);
	if (ret != 0)
		return ret;
	s->tally.seed = seed;
	s->tally.geo = s->merge.geo = s->geo;
	s->merge.asn = s->asn;
	s->pipeline.fingerprints = s->merge.fingerprints = s->fingerprints;
	s->merge.recall = s->recall;
	if (s->ruleset != NULL)
		s->tally.rules = s->merge.rules = &s->ruleset->rules;
	return 0;
}

int
tt_setup_pipeline(const struct tt_setup *s, struct tt_pipeline *pipeline,
		struct tt_error *err)
{
	*pipeline = s->pipeline;
	return s->ruleset == NULL
			? 0
			: tt_matcher_create(&pipeline->matcher, s->ruleset, err);
}

void
tt_setup_fini(struct tt_setup *s)
{
	tt_recall_destroy(s->recall);
	tt_asn_close(s->asn);
	tt_geo_close(s->geo);
	tt_fingerprints_close(s->fingerprints);
	tt_ruleset_close(s->ruleset);
	tt_units_fini(&s->prefixes);
	tt_units_fini(&s->destinations);
	tt_prefix_set_fini(&s->monitored);
	free(s->monitored_text);
	free(s->sensor_path);
	free(s->recall_path);
	free(s->sensor);
	*s = (struct tt_setup){0};
}
