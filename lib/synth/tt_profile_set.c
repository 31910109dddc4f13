/* SPDX-License-Identifier: BSD-3-Clause */
/* Each key of a component, from its text to its value. */
#include "tt_profile_raw.h"
#include "tt_profile_text.h"

#include <errno.h>
#include <string.h>

#define SETTER(what)                                                            \
	static int set_##what(struct tt_profile_component *c, const char *text, \
			struct tt_error *err)

SETTER(target)
{
	if (tt_target_parse(text, &c->target) != 0)
		return tt_error_set(err, -EINVAL, NULL,
				"\"%.60s\" is not a target such as 445/TCP, 8/ICMP, 3.3/ICMP or TCP",
				text);
	return 0;
}

SETTER(ip_version)
{
	int64_t version;

	if (tt_text_integer(text, 4, 6, &version, NULL) != 0 || version == 5)
		return tt_error_set(err, -EINVAL, NULL, "\"%.60s\" is not 4 or 6", text);
	c->ip_version = (unsigned)version;
	return 0;
}

SETTER(class)
{
	if (tt_class_parse(text, &c->class) != 0)
		return tt_error_set(err, -EINVAL, NULL,
				"\"%.60s\" is not a class such as tcp-syn or tcp-synack",
				text);
	return 0;
}

SETTER(flags)
{
	c->has_flags = true;
	return tt_text_tcp_flags(text, &c->tcp_flags, err);
}

SETTER(quotes)
{
	c->has_quotes = true;
	if (tt_target_parse(text, &c->quotes) != 0 || c->quotes.number < 0)
		return tt_error_set(err, -EINVAL, NULL,
				"\"%.60s\" is not a target such as 80/UDP", text);
	return 0;
}

SETTER(rate)
{
	return tt_text_rate(text, &c->rate, &c->rate_per_address, err);
}

SETTER(packets)
{
	return tt_text_integer(text, 1, TT_PROFILE_PACKETS_MAX, &c->packets, err);
}

SETTER(daily_amplitude)
{
	return tt_text_number(text, 0, 1, &c->daily_amplitude, err);
}

SETTER(daily_peak)
{
	return tt_text_number(text, 0, 24, &c->daily_peak, err);
}

SETTER(from)
{
	return tt_text_duration(text, &c->from_us, err);
}

SETTER(to)
{
	return tt_text_duration(text, &c->to_us, err);
}

SETTER(sources)
{
	if (strcmp(text, "new") == 0) {
		c->sources = 0;
		return 0;
	}
	return tt_text_integer(text, 1, TT_PROFILE_SOURCES_MAX, &c->sources, err);
}

SETTER(zipf)
{
	return tt_text_number(text, 0, 4, &c->zipf, err);
}

SETTER(countries)
{
	struct tt_profile_share shares[TT_PROFILE_SHARES_MAX];
	unsigned n;
	int ret = tt_text_shares(text, shares, &n, err);

	if (ret != 0)
		return ret;
	c->shares = malloc(n * sizeof(*shares));
	if (c->shares == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	memcpy(c->shares, shares, n * sizeof(*shares));
	c->n_shares = n;
	return 0;
}

SETTER(source_port)
{
	if (strcmp(text, "random") == 0)
		c->source_port = (struct tt_profile_span){1024, 65535};
	else if (strcmp(text, "ephemeral") == 0)
		/* What Linux gives out: ip_local_port_range of ip(7). */
		c->source_port = (struct tt_profile_span){32768, 60999};
	else
		return tt_text_span(text, 0, 65535, &c->source_port, err);
	return 0;
}

SETTER(destination_port)
{
	return tt_text_span(text, 0, 65535, &c->destination_port, err);
}

SETTER(ttl)
{
	return tt_text_span(text, 1, 255, &c->ttl, err);
}

SETTER(scan)
{
	static const char *const names[] = {
			[TT_PROFILE_SCAN_RANDOM] = "random",
			[TT_PROFILE_SCAN_SEQUENTIAL] = "sequential",
			[TT_PROFILE_SCAN_ONE] = "one",
	};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++)
		if (strcmp(text, names[i]) == 0) {
			c->scan = (enum tt_profile_scan)i;
			return 0;
		}
	return tt_error_set(err, -EINVAL, NULL,
			"\"%.60s\" is not random, sequential or one", text);
}

static int
set_field(const char *text, const char *word, enum tt_profile_field meaning, int64_t max,
		enum tt_profile_field *field, uint32_t *value, struct tt_error *err)
{
	int64_t number;

	if (strcmp(text, "random") == 0) {
		*field = TT_PROFILE_FIELD_RANDOM;
	} else if (strcmp(text, word) == 0) {
		*field = meaning;
	} else {
		if (tt_text_integer(text, 0, max, &number, NULL) != 0)
			return tt_error_set(err, -EINVAL, NULL,
					"\"%.60s\" is not random, %s or a number up to %lld",
					text, word, (long long)max);
		*field = TT_PROFILE_FIELD_FIXED;
		*value = (uint32_t)number;
	}
	return 0;
}

SETTER(ip_id)
{
	return set_field(text, "masscan", TT_PROFILE_FIELD_MASSCAN, UINT16_MAX, &c->ip_id,
			&c->ip_id_value, err);
}

SETTER(seq)
{
	return set_field(text, "destination", TT_PROFILE_FIELD_DESTINATION, UINT32_MAX,
			&c->seq, &c->seq_value, err);
}

SETTER(window)
{
	return tt_text_span(text, 0, UINT16_MAX, &c->window, err);
}

SETTER(tcp_options)
{
	return tt_text_tcp_options(text, c->tcp_options, &c->n_tcp_options, err);
}

SETTER(vlan)
{
	return tt_text_vlans(text, c->vlan, &c->n_vlans, err);
}

static int
set_payload_bytes(struct tt_profile_component *c, const uint8_t *bytes, uint32_t n,
		struct tt_error *err)
{
	c->payload = malloc(n + 1);
	if (c->payload == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	memcpy(c->payload, bytes, n);
	c->payload_bytes = n;
	return 0;
}

SETTER(payload)
{
	size_t n = strlen(text);

	if (n > TT_PROFILE_IP_BYTES_MAX)
		return tt_error_set(err, -EINVAL, NULL, "longer than %d bytes",
				TT_PROFILE_IP_BYTES_MAX);
	return set_payload_bytes(c, (const uint8_t *)text, (uint32_t)n, err);
}

SETTER(payload_hex)
{
	uint8_t bytes[TT_PROFILE_IP_BYTES_MAX];
	uint32_t n;
	int ret = tt_text_hex(text, bytes, sizeof(bytes), &n, err);

	return ret == 0 ? set_payload_bytes(c, bytes, n, err) : ret;
}

SETTER(ip_length)
{
	int64_t bytes;
	int ret = tt_text_integer(text, 20, TT_PROFILE_IP_BYTES_MAX, &bytes, err);

	if (ret == 0)
		c->ip_bytes = (uint32_t)bytes;
	return ret;
}

static const struct setter {
	const char *key;
	size_t offset;
	int (*set)(struct tt_profile_component *c, const char *text,
			struct tt_error *err);
} setters[] = {
#define KEY(what)                                                                  \
	{                                                                          \
#what, offsetof(struct tt_profile_raw_component, what), set_##what \
	}
		KEY(target),
		KEY(ip_version),
		KEY(class),
		KEY(flags),
		KEY(quotes),
		KEY(rate),
		KEY(packets),
		KEY(daily_amplitude),
		KEY(daily_peak),
		KEY(from),
		KEY(to),
		KEY(sources),
		KEY(zipf),
		KEY(countries),
		KEY(source_port),
		KEY(destination_port),
		KEY(ttl),
		KEY(scan),
		KEY(ip_id),
		KEY(seq),
		KEY(window),
		KEY(tcp_options),
		KEY(vlan),
		KEY(payload),
		KEY(payload_hex),
		KEY(ip_length),
};

static void
set_defaults(struct tt_profile_component *c)
{
	c->class = TT_N_CLASSES;
	c->to_us = -1;
	c->sources = 1000;
	c->source_port = (struct tt_profile_span){1024, 65535};
	c->destination_port = (struct tt_profile_span){1024, 65535};
	c->ttl = (struct tt_profile_span){40, 120};
	c->window = (struct tt_profile_span){65535, 65535};
}

int
tt_profile_component_set(struct tt_profile_component *c,
		const struct tt_profile_raw_component *raw, const char **key,
		struct tt_error *err)
{
	set_defaults(c);
	*key = "name";
	c->name = strdup(raw->name != NULL ? raw->name : raw->target);
	c->hosts = raw->hosts == NULL ? NULL : strdup(raw->hosts);
	if (c->name == NULL || (raw->hosts != NULL && c->hosts == NULL))
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	if (raw->payload != NULL && raw->payload_hex != NULL) {
		*key = "payload_hex";
		return tt_error_set(err, -EINVAL, NULL, "there is a \"payload\" as well");
	}
	for (unsigned i = 0; i < TT_ARRAY_SIZE(setters); i++) {
		const char *text = *(
				char *const *)((const char *)raw + setters[i].offset);
		int ret;

		*key = setters[i].key;
		ret = text == NULL ? 0 : setters[i].set(c, text, err);
		if (ret != 0)
			return ret;
	}
	return 0;
}
