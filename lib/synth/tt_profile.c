/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_profile.h"

#include "tt_profile_raw.h"
#include "tt_profile_text.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

/* The file being read, for messages. */
struct source {
	const char *name;
	const uint8_t *text;
	size_t size;
};

static int
set_top(struct tt_profile *p, const struct tt_profile_raw *raw, const char **key,
		struct tt_error *err)
{
	int ret;

	*key = "name";
	p->name = strdup(raw->name);
	if (p->name == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	*key = "start";
	if (raw->start != NULL && tt_time_parse(raw->start, &p->start_us) != 0)
		return tt_error_set(err, -EINVAL, NULL,
				"\"%.60s\" is not a time such as 2026-01-05T00:00:00Z",
				raw->start);
	*key = "duration";
	ret = tt_text_duration(raw->duration, &p->duration_us, err);
	if (ret != 0)
		return ret;
	if (p->duration_us == 0)
		return tt_error_set(err, -EINVAL, NULL, "the duration is 0");
	*key = "monitored";
	return tt_prefix_set_parse(&p->monitored, raw->monitored, err);
}

static int
check_window(const struct tt_profile *p, const struct tt_profile_component *c,
		const char **key, struct tt_error *err)
{
	*key = "from";
	if (c->from_us >= p->duration_us)
		return tt_error_set(err, -EINVAL, NULL,
				"starts after the profile's duration");
	*key = "to";
	if (c->to_us > p->duration_us)
		return tt_error_set(
				err, -EINVAL, NULL, "ends after the profile's duration");
	if (c->to_us >= 0 && c->to_us <= c->from_us)
		return tt_error_set(err, -EINVAL, NULL, "is not after \"from\"");
	return 0;
}

static int
set_component(struct tt_profile *p, unsigned i, const struct tt_profile_raw *raw,
		const char **key, struct tt_error *err)
{
	struct tt_profile_component *c = &p->components[i];
	int ret = tt_profile_component_set(c, &raw->components[i], key, err);

	if (ret == 0)
		ret = tt_profile_version_check(c, &p->monitored, key, err);
	if (ret == 0)
		ret = tt_profile_component_check(c, &raw->components[i], key, err);
	if (ret == 0)
		ret = check_window(p, c, key, err);
	return ret;
}

/* Puts file, line, component and key in front of the reason that err holds. */
static void
add_place(struct tt_error *err, const struct source *source,
		const struct tt_profile_raw *raw, int index, const char *key)
{
	unsigned line;
	char why[sizeof(err->why)], thing[128];

	if (err == NULL)
		return;
	if (index < 0)
		snprintf(thing, sizeof(thing), "%s", key);
	else
		snprintf(thing, sizeof(thing), "component %d (%.40s): %s", index + 1,
				raw->components[index].target, key);
	if (err->where[0] != '\0')
		snprintf(why, sizeof(why), "%s: %.100s: %.250s", thing, err->where,
				err->why);
	else
		snprintf(why, sizeof(why), "%s: %.350s", thing, err->why);
	tt_error_set(err, err->code, "", "%s", why);
	line = tt_profile_line(source->text, source->size, index, key);
	tt_error_at(err, "%.400s:%u", source->name, line);
}

static int
build(struct tt_profile *p, const struct tt_profile_raw *raw, const struct source *source,
		struct tt_error *err)
{
	const char *key = "name";
	int ret = set_top(p, raw, &key, err);

	if (ret != 0) {
		add_place(err, source, raw, -1, key);
		return ret;
	}
	p->components = calloc(raw->components_count, sizeof(*p->components));
	if (p->components == NULL)
		return tt_error_set(err, -ENOMEM, source->name, "out of memory");
	p->n_components = raw->components_count;
	for (unsigned i = 0; i < p->n_components; i++) {
		ret = set_component(p, i, raw, &key, err);
		if (ret != 0) {
			add_place(err, source, raw, (int)i, key);
			return ret;
		}
	}
	return 0;
}

int
tt_profile_parse(struct tt_profile **profile, const char *name, const uint8_t *text,
		size_t size, struct tt_error *err)
{
	struct source source = {name, text, size};
	struct tt_error own = {0};
	struct tt_profile_raw *raw;
	int ret;

	*profile = NULL;
	if (err == NULL)
		err = &own;
	*err = (struct tt_error){0};
	if (size > TT_PROFILE_BYTES_MAX)
		return tt_error_set(err, -EINVAL, name, "longer than %d bytes",
				TT_PROFILE_BYTES_MAX);
	ret = tt_profile_raw_load(&raw, name, text, size, err);
	if (ret != 0)
		return ret;
	*profile = calloc(1, sizeof(**profile));
	ret = *profile == NULL ? tt_error_set(err, -ENOMEM, name, "out of memory")
			       : build(*profile, raw, &source, err);
	tt_profile_raw_free(raw);
	if (ret != 0) {
		tt_profile_destroy(*profile);
		*profile = NULL;
	}
	return ret;
}

static int
read_file(const char *path, uint8_t *text, size_t *size, struct tt_error *err)
{
	FILE *file = fopen(path, "rb");
	int ret = 0;

	if (file == NULL)
		return tt_error_set(err, -errno, path, "%s", strerror(errno));
	*size = fread(text, 1, TT_PROFILE_BYTES_MAX + 1, file);
	if (ferror(file))
		ret = tt_error_set(
				err, -EIO, path, "cannot be read: %s", strerror(errno));
	fclose(file);
	return ret;
}

int
tt_profile_load(struct tt_profile **profile, const char *path, struct tt_error *err)
{
	uint8_t *text = malloc(TT_PROFILE_BYTES_MAX + 1);
	size_t size = 0;
	int ret;

	*profile = NULL;
	if (text == NULL)
		return tt_error_set(err, -ENOMEM, path, "out of memory");
	ret = read_file(path, text, &size, err);
	if (ret == 0)
		ret = tt_profile_parse(profile, path, text, size, err);
	free(text);
	return ret;
}

void
tt_profile_destroy(struct tt_profile *profile)
{
	if (profile == NULL)
		return;
	for (unsigned i = 0; i < profile->n_components; i++) {
		struct tt_profile_component *c = &profile->components[i];

		free(c->name);
		free(c->hosts);
		free(c->shares);
		free(c->payload);
	}
	free(profile->components);
	tt_prefix_set_fini(&profile->monitored);
	free(profile->name);
	free(profile);
}
