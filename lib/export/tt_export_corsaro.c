/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The time series of corsaro3's report plugin, as libtimeseries writes them as text and as
 * Graphite's plaintext protocol takes them: a line "PREFIX.METRIC.LEAF VALUE TIME" for each
 * value, times in seconds. What is not known has no line.
 */
#include "tt_corsaro.h"
#include "tt_export_private.h"

#include <errno.h>
#include <inttypes.h>

#define SENSOR "{sensor}"

/* What the names of a sensor's series begin with. */
struct prefix {
	char sensor[TT_SENSOR_MAX + 1];
	char *text; /* heap */
};

struct corsaro {
	struct tt_metrics metrics;
	struct prefix *prefixes; /* [n_prefixes] of all sensors so far, no two the same; heap */
	size_t n_prefixes;
	const char *prefix; /* of the snapshot that is being written */
};

static const char *const leaf_names[TT_N_LEAVES] = {
		[TT_LEAF_UNIQ_SRC_IP] = "uniq_src_ip",
		[TT_LEAF_UNIQ_DST_IP] = "uniq_dst_ip",
		[TT_LEAF_UNIQ_SRC_ASN] = "uniq_src_asn",
		[TT_LEAF_PKT_CNT] = "pkt_cnt",
		[TT_LEAF_IP_LEN] = "ip_len",
};

static int
open_series(struct tt_export *e, struct tt_error *err)
{
	e->state = calloc(1, sizeof(struct corsaro));
	return e->state == NULL ? tt_error_set(err, -ENOMEM, NULL, "out of memory") : 0;
}

static void
fini(struct tt_export *e)
{
	struct corsaro *c = e->state;

	if (c == NULL)
		return;
	tt_metrics_fini(&c->metrics);
	for (size_t i = 0; i < c->n_prefixes; i++)
		free(c->prefixes[i].text);
	free(c->prefixes);
	free(c);
}

/* The prefix for a sensor, whose name may have dots, which would part the name of the series; on
 * the heap, or NULL. */
static char *
make_prefix(const char *pattern, const char *sensor)
{
	char name[TT_SENSOR_MAX + 1], *prefix = NULL;
	const char *place;
	size_t size;
	FILE *f = open_memstream(&prefix, &size);

	if (f == NULL)
		return NULL;
	snprintf(name, sizeof(name), "%s", sensor);
	for (char *c = name; *c != '\0'; c++)
		*c = *c == '.' ? '-' : *c;
	for (; (place = strstr(pattern, SENSOR)) != NULL;
			pattern = place + strlen(SENSOR))
		fprintf(f, "%.*s%s", (int)(place - pattern), pattern, name);
	fputs(pattern, f);
	if (fclose(f) != 0) {
		free(prefix);
		return NULL;
	}
	return prefix;
}

/* Adds the prefix of a sensor that is new; takes over text. */
static int
add_prefix(struct corsaro *c, const char *sensor, char *text, struct tt_error *err)
{
	struct prefix *more;

	for (size_t i = 0; text != NULL && i < c->n_prefixes; i++) {
		if (strcmp(c->prefixes[i].text, text) != 0)
			continue;
		tt_error_set(err, -EINVAL, sensor,
				"its series would be called %s, as those of sensor %s are",
				text, c->prefixes[i].sensor);
		free(text);
		return -EINVAL;
	}
	more = reallocarray(c->prefixes, c->n_prefixes + 1, sizeof(*more));
	c->prefixes = more == NULL ? c->prefixes : more;
	if (more == NULL || text == NULL) {
		free(text);
		return tt_error_set(err, -ENOMEM, sensor, "out of memory");
	}
	more += c->n_prefixes++;
	snprintf(more->sensor, sizeof(more->sensor), "%s", sensor);
	more->text = text;
	return 0;
}

/* Finds the prefix of a sensor, or makes it. */
static int
take_prefix(const struct tt_export *e, const char *sensor, struct tt_error *err)
{
	struct corsaro *c = e->state;
	size_t i = 0;
	int ret = 0;

	while (i < c->n_prefixes && strcmp(c->prefixes[i].sensor, sensor) != 0)
		i++;
	if (i == c->n_prefixes)
		ret = add_prefix(c, sensor, make_prefix(e->options.prefix, sensor), err);
	if (ret == 0)
		c->prefix = c->prefixes[i].text;
	return ret;
}

/* "traffic.port.tcp.dst_port.445" */
static void
format_metric(uint64_t key, const char *geo, char *name, size_t size)
{
	uint64_t value = tt_metric_value_of(key);
	const char letters[3] = {(char)(value >> 8), (char)value, '\0'};
	static const char *const numbered[] = {
			[TT_METRIC_ASN] = "routing.asn",
			[TT_METRIC_TCP_SOURCE_PORT] = "traffic.port.tcp.src_port",
			[TT_METRIC_TCP_TARGET_PORT] = "traffic.port.tcp.dst_port",
			[TT_METRIC_UDP_SOURCE_PORT] = "traffic.port.udp.src_port",
			[TT_METRIC_UDP_TARGET_PORT] = "traffic.port.udp.dst_port",
			[TT_METRIC_PROTOCOL] = "traffic.protocol",
	};

	switch (tt_metric_class_of(key)) {
	case TT_METRIC_OVERALL:
		snprintf(name, size, "overall");
		return;
	case TT_METRIC_CONTINENT:
		snprintf(name, size, "geo.%s.%s", geo, letters);
		return;
	case TT_METRIC_COUNTRY:
		snprintf(name, size, "geo.%s.%s.%s", geo, tt_corsaro_continent(letters),
				letters);
		return;
	case TT_METRIC_ICMP:
		snprintf(name, size, "traffic.icmp.type.%u.code.%u",
				(unsigned)(value >> 8), (unsigned)(value & 0xff));
		return;
	default:
		snprintf(name, size, "%s.%" PRIu64, numbered[tt_metric_class_of(key)],
				value);
	}
}

static int
put_metric(struct tt_export *e, const struct tt_metric *metric, int64_t seconds,
		struct tt_error *err)
{
	const struct corsaro *c = e->state;
	char name[128];
	int ret = 0;

	format_metric(metric->key, e->options.geo_name, name, sizeof(name));
	for (unsigned i = 0; ret == 0 && i < TT_N_LEAVES; i++) {
		if (metric->leaves[i] == TT_UNKNOWN)
			continue;
		tt_out_text(&e->out, c->prefix);
		tt_out_char(&e->out, '.');
		tt_out_text(&e->out, name);
		tt_out_char(&e->out, '.');
		tt_out_text(&e->out, leaf_names[i]);
		tt_out_char(&e->out, ' ');
		tt_out_int(&e->out, metric->leaves[i]);
		tt_out_char(&e->out, ' ');
		tt_out_int(&e->out, seconds);
		tt_out_char(&e->out, '\n');
		ret = tt_export_count(e, err);
	}
	return ret == 0 ? tt_out_check(&e->out, err) : ret;
}

static int
put_snapshot(struct tt_export *e, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	int64_t seconds = snapshot->manifest.start_us / TT_US_PER_S;
	struct corsaro *c = e->state;
	int ret;

	tt_metrics_clear(&c->metrics);
	ret = take_prefix(e, snapshot->manifest.sensor, err);
	e->broken = ret != 0;
	if (ret != 0)
		return ret;
	ret = tt_corsaro_collect(&c->metrics, snapshot, err);
	if (ret != 0)
		return ret;
	tt_metrics_sort(&c->metrics);
	for (size_t i = 0; ret == 0 && i < c->metrics.n; i++)
		ret = put_metric(e, &c->metrics.all[i], seconds, err);
	e->broken = ret != 0;
	return ret;
}

const struct tt_format tt_format_corsaro = {
		.name = "corsaro",
		.place = TT_EXPORT_SERIES,
		.suffix = "",
		.open = open_series,
		.fini = fini,
		.series = put_snapshot,
};
