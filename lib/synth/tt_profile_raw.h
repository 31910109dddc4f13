/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside lib/synth: the profile as libcyaml leaves it, all values text, and the steps from there
 * to struct tt_profile. Text, because a message of ours can then quote what was written.
 */
#ifndef TT_PROFILE_RAW_H
#define TT_PROFILE_RAW_H

#include "tt_profile.h"

/* Each member is the key of the same name; NULL where the key is absent. */
struct tt_profile_raw_component {
	char *name, *target, *ip_version, *class, *flags, *quotes;
	char *rate, *packets, *daily_amplitude, *daily_peak, *from, *to;
	char *sources, *zipf, *hosts, *countries;
	char *source_port, *destination_port, *ttl, *scan;
	char *ip_id, *seq, *window, *tcp_options, *vlan;
	char *payload, *payload_hex, *ip_length;
};

struct tt_profile_raw {
	char *name, *start, *duration, *monitored;
	struct tt_profile_raw_component *components;
	unsigned components_count;
};

int tt_profile_raw_load(struct tt_profile_raw **raw, const char *name,
		const uint8_t *text, size_t size, struct tt_error *err) TT_MUST_CHECK;
void tt_profile_raw_free(struct tt_profile_raw *raw);

/*
 * Finds the line, from 1, of `key` in component `index`, or of the top-level key where index is
 * negative. Without the key, the line of the component; 0 where that is not there either. Where
 * the text is not YAML, the line at which that shows.
 */
unsigned tt_profile_line(const uint8_t *text, size_t size, int index, const char *key);

/* Fills one component from its text; on failure err says why and *key which key it was. */
int tt_profile_component_set(struct tt_profile_component *c,
		const struct tt_profile_raw_component *raw, const char **key,
		struct tt_error *err) TT_MUST_CHECK;

/* Settles the IP version: that of the target, else 4 where such addresses are monitored. */
int tt_profile_version_check(struct tt_profile_component *c,
		const struct tt_prefix_set *monitored, const char **key,
		struct tt_error *err) TT_MUST_CHECK;

/* Checks what only the values together tell, and fills in what follows from them. */
int tt_profile_component_check(struct tt_profile_component *c,
		const struct tt_profile_raw_component *raw, const char **key,
		struct tt_error *err) TT_MUST_CHECK;

#endif
