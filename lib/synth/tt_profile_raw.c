/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_profile_raw.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#define TEXT(structure, key, flags)                                                   \
	CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER | (flags), structure, key, 0, \
			CYAML_UNLIMITED)
#define COMPONENT(key) TEXT(struct tt_profile_raw_component, key, CYAML_FLAG_OPTIONAL)

static const cyaml_schema_field_t component_fields[] = {
		COMPONENT(name),
		TEXT(struct tt_profile_raw_component, target, 0),
		COMPONENT(ip_version),
		COMPONENT(class),
		COMPONENT(flags),
		COMPONENT(quotes),
		COMPONENT(rate),
		COMPONENT(packets),
		COMPONENT(daily_amplitude),
		COMPONENT(daily_peak),
		COMPONENT(from),
		COMPONENT(to),
		COMPONENT(sources),
		COMPONENT(zipf),
		COMPONENT(hosts),
		COMPONENT(countries),
		COMPONENT(source_port),
		COMPONENT(destination_port),
		COMPONENT(ttl),
		COMPONENT(scan),
		COMPONENT(ip_id),
		COMPONENT(seq),
		COMPONENT(window),
		COMPONENT(tcp_options),
		COMPONENT(vlan),
		COMPONENT(payload),
		COMPONENT(payload_hex),
		COMPONENT(ip_length),
		CYAML_FIELD_END,
};

static const cyaml_schema_value_t component_schema = {
		CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct tt_profile_raw_component,
				component_fields),
};

static const cyaml_schema_field_t profile_fields[] = {
		TEXT(struct tt_profile_raw, name, 0),
		TEXT(struct tt_profile_raw, start, CYAML_FLAG_OPTIONAL),
		TEXT(struct tt_profile_raw, duration, 0),
		TEXT(struct tt_profile_raw, monitored, 0),
		CYAML_FIELD_SEQUENCE("components", CYAML_FLAG_POINTER,
				struct tt_profile_raw, components, &component_schema, 1,
				TT_PROFILE_COMPONENTS_MAX),
		CYAML_FIELD_END,
};

static const cyaml_schema_value_t profile_schema = {
		CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct tt_profile_raw,
				profile_fields),
};

/* What libcyaml says of a failure: a reason, then places from the inside out. */
struct complaint {
	char why[256];
	unsigned line; /* of the innermost place; 0 for none */
};

static void
strip(char *text)
{
	static const char *const prefixes[] = {"Load: ", "libyaml: "};

	text[strcspn(text, "\n")] = '\0';
	for (unsigned i = 0; i < TT_ARRAY_SIZE(prefixes); i++) {
		size_t n = strlen(prefixes[i]);

		if (strncmp(text, prefixes[i], n) == 0)
			memmove(text, text + n, strlen(text + n) + 1);
	}
}

static void
hear(cyaml_log_t level, void *context, const char *format, va_list args)
{
	struct complaint *complaint = context;
	char text[256];
	const char *place;

	if (level < CYAML_LOG_ERROR)
		return;
	vsnprintf(text, sizeof(text), format, args);
	place = strstr(text, "(line: ");
	if (place != NULL) {
		if (complaint->line == 0)
			complaint->line = (unsigned)strtoul(place + 7, NULL, 10);
	} else if (complaint->why[0] == '\0' && strstr(text, "Backtrace") == NULL) {
		strip(text);
		memcpy(complaint->why, text, sizeof(complaint->why));
	}
}

static const cyaml_config_t base_config = {
		.log_fn = hear,
		.log_level = CYAML_LOG_ERROR,
		.mem_fn = cyaml_mem,
		.flags = CYAML_CFG_NO_ALIAS, /* nothing may grow past the file's size */
};

/* Is it what stood behind a comma of a value without quotes, rather than the name of a field? */
static bool
is_cut_off(const char *why)
{
	static const char said[] = "Unexpected key: ";

	if (strncmp(why, said, sizeof(said) - 1) != 0)
		return false;
	why += sizeof(said) - 1;
	return why[strcspn(why, " 0123456789")] != '\0';
}

static int
report(const char *name, const struct complaint *complaint, cyaml_err_t code,
		struct tt_error *err)
{
	char where[400];

	if (complaint->line > 0)
		snprintf(where, sizeof(where), "%.360s:%u", name, complaint->line);
	else
		snprintf(where, sizeof(where), "%.360s", name);
	return tt_error_set(err, code == CYAML_ERR_OOM ? -ENOMEM : -EINVAL, where, "%s%s",
			complaint->why[0] != '\0' ? complaint->why : cyaml_strerror(code),
			is_cut_off(complaint->why)
					? "; inside {…} a value with commas has to be in quotes"
					: "");
}

int
tt_profile_raw_load(struct tt_profile_raw **raw, const char *name, const uint8_t *text,
		size_t size, struct tt_error *err)
{
	struct complaint complaint = {0};
	cyaml_config_t config = base_config;
	cyaml_err_t code;

	config.log_ctx = &complaint;
	*raw = NULL;
	code = cyaml_load_data(
			text, size, &config, &profile_schema, (cyaml_data_t **)raw, NULL);
	if (code == CYAML_ERR_LIBYAML_PARSER)
		complaint.line = tt_profile_line(text, size, -1, "");
	if (code != CYAML_OK)
		return report(name, &complaint, code, err);
	if (*raw == NULL)
		return tt_error_set(err, -EINVAL, name, "empty profile");
	return 0;
}

void
tt_profile_raw_free(struct tt_profile_raw *raw)
{
	cyaml_free(&base_config, &profile_schema, raw, 0);
}
