/* SPDX-License-Identifier: BSD-3-Clause */
#include "synth_truth.h"

#include "synth_out.h"
#include "tt_time.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

/* A new reference, or NULL without memory. sources is null where their number is not known. */
static json_t *
component(const struct tt_profile_component *c, const struct tt_synth *synth, unsigned i)
{
	struct tt_synth_made made;
	char target[32];

	if (tt_synth_made(synth, i, &made) != 0)
		return NULL;
	/* Names are text of the profile, which libyaml has checked to be UTF-8. */
	return json_pack("{s:s, s:s, s:s, s:i, s:I, s:I, s:I, s:o}", "name", c->name,
			"target", tt_target_format(c->target, target), "class",
			tt_class_name(c->class), "ip_version", (int)c->ip_version,
			"packets", (json_int_t)made.packets, "ip_bytes",
			(json_int_t)made.ip_bytes, "frame_bytes",
			(json_int_t)made.frame_bytes, "sources",
			made.sources < 0 ? json_null() : json_integer(made.sources));
}

static json_t *
totals(const struct tt_profile *profile, const struct tt_synth *synth, uint64_t seed)
{
	json_t *components = json_array();
	char start[TT_TIME_TEXT_MAX], seed_text[24];

	for (unsigned i = 0; i < profile->n_components; i++)
		if (json_array_append_new(components,
				    component(&profile->components[i], synth, i))
				!= 0) {
			json_decref(components);
			return NULL;
		}
	/* As text: jansson's integers have a sign, seeds have not. */
	snprintf(seed_text, sizeof(seed_text), "%llu", (unsigned long long)seed);
	return json_pack("{s:s, s:s, s:s, s:f, s:I, s:o}", "profile", profile->name,
			"seed", seed_text, "start",
			tt_time_format(tt_synth_start(synth), start), "seconds",
			(double)tt_synth_duration(synth) / TT_US_PER_S, "packets",
			(json_int_t)tt_synth_total(synth), "components", components);
}

static int
write_json(json_t *json, const char *path)
{
	FILE *file;
	int ret = 0;

	errno = 0;
	file = fopen(path, "w");
	if (file == NULL || json_dumpf(json, file, JSON_INDENT(2)) != 0
			|| putc('\n', file) == EOF)
		ret = errno == 0 ? -EIO : -errno;
	errno = 0;
	if (file != NULL && fclose(file) != 0 && ret == 0)
		ret = errno == 0 ? -EIO : -errno;
	return ret;
}

int
synth_truth_write(const char *path, const struct tt_profile *profile,
		const struct tt_synth *synth, uint64_t seed, struct tt_error *err)
{
	json_t *json = totals(profile, synth, seed);
	struct synth_file file;
	int ret;

	if (json == NULL)
		return tt_error_set(err, -ENOMEM, path, "out of memory");
	ret = synth_file_begin(&file, path, err);
	if (ret != 0) {
		json_decref(json);
		return ret;
	}
	ret = write_json(json, file.tmp);
	json_decref(json);
	if (ret == 0)
		return synth_file_end(&file, err);
	synth_file_abandon(&file);
	return tt_error_set(err, ret, path, "%s", strerror(-ret));
}
