/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_class.h"
#include "tt_corsaro.h"
#include "tt_export_private.h"
#include "tt_row_text.h"
#include "tt_sketch.h"

#include <errno.h>
#include <math.h>

/* Which sketches count the destinations of a target. */
#define SKETCH_OF_TARGETS "destinations/target/"
#define SKETCH_KEY_MAX    64

struct collect {
	struct tt_metrics *metrics;
	const struct tt_snapshot *snapshot;
	bool countries; /* there is a database of them */
	bool addresses; /* destinations are single addresses so far */
	bool has_targets[256]; /* by protocol: some rows have a port or a type */
	/* The sketch that is being read; key "": none. */
	char sketch[SKETCH_KEY_MAX];
	uint64_t sketch_of; /* metric */
	unsigned p;
	uint8_t registers[1 << TT_SKETCH_P_MAX];
};

static void
add(struct collect *c, enum tt_metric_class class, uint64_t value,
		enum tt_metric_leaf leaf, int64_t n)
{
	tt_metrics_add(c->metrics, tt_metric_key(class, value), leaf, n);
}

/* A text that is no name of `what`. */
static int
bad_text(const struct collect *c, const char *what, const char *text,
		struct tt_error *err)
{
	return tt_error_set(err, -EBADMSG, c->snapshot->path, "no %s: %s", what, text);
}

/* A number that no `what` can have. */
static int
bad_number(const struct collect *c, const char *what, int64_t number,
		struct tt_error *err)
{
	return tt_error_set(err, -EBADMSG, c->snapshot->path, "no %s: %lld", what,
			(long long)number);
}

static int
add_interval(struct collect *c, const struct tt_parquet_reader *row, struct tt_error *err)
{
	add(c, TT_METRIC_OVERALL, 0, TT_LEAF_PKT_CNT,
			tt_parquet_get_int(row, TT_INTERVAL_PACKETS));
	add(c, TT_METRIC_OVERALL, 0, TT_LEAF_IP_LEN,
			tt_parquet_get_int(row, TT_INTERVAL_BYTES));
	add(c, TT_METRIC_OVERALL, 0, TT_LEAF_UNIQ_SRC_IP,
			tt_parquet_get_int(row, TT_INTERVAL_UNIQ_SRC_IP));
	if (c->addresses)
		add(c, TT_METRIC_OVERALL, 0, TT_LEAF_UNIQ_DST_IP,
				tt_parquet_get_int(row, TT_INTERVAL_DESTINATIONS));
	return 0;
}

/* How many prefixes were reached does not say how many addresses were. */
static int
look_at_destination(struct collect *c, const struct tt_parquet_reader *row,
		struct tt_error *err)
{
	if (strchr(tt_parquet_get_text(row, TT_DESTINATIONS_DESTINATION), '/') != NULL)
		c->addresses = false;
	return 0;
}

static int
add_country(struct collect *c, const struct tt_parquet_reader *row, struct tt_error *err)
{
	const char *country = tt_parquet_get_text(row, TT_COUNTRIES_COUNTRY);
	const struct {
		enum tt_metric_class class;
		const char *letters;
	} metrics[] = {
			{TT_METRIC_COUNTRY, country},
			{TT_METRIC_CONTINENT, tt_corsaro_continent(country)},
	};
	uint16_t known;

	if (tt_row_country_parse(country, &known) != 0)
		return bad_text(c, "country", country, err);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(metrics); i++) {
		uint64_t value = tt_corsaro_letters(metrics[i].letters);

		add(c, metrics[i].class, value, TT_LEAF_PKT_CNT,
				tt_parquet_get_int(row, TT_COUNTRIES_PACKETS));
		add(c, metrics[i].class, value, TT_LEAF_IP_LEN,
				tt_parquet_get_int(row, TT_COUNTRIES_BYTES));
		add(c, metrics[i].class, value, TT_LEAF_UNIQ_SRC_IP,
				tt_parquet_get_int(
						row, TT_COUNTRIES_UNIQ_SRC_IP_COUNTRY));
	}
	return 0;
}

/* The metric of a target and code that can be. Returns false where it is of none. */
static bool
metric_of(uint8_t protocol, int64_t target, int64_t code, enum tt_metric_class *class,
		uint64_t *value)
{
	*value = (uint64_t)target;
	*class = protocol == TT_PROTO_TCP          ? TT_METRIC_TCP_TARGET_PORT
			: protocol == TT_PROTO_UDP ? TT_METRIC_UDP_TARGET_PORT
						   : TT_METRIC_ICMP;
	if (protocol == TT_PROTO_ICMP && target >= 0)
		*value = (uint64_t)target << 8 | (uint64_t)code;
	return target >= 0
			&& (protocol == TT_PROTO_TCP || protocol == TT_PROTO_UDP
					|| protocol == TT_PROTO_ICMP);
}

/* The protocol, target and code of a row of targets; target -1: none is known. */
static int
take_target(const struct collect *c, const struct tt_parquet_reader *row,
		uint8_t *protocol, int64_t *target, int64_t *code, struct tt_error *err)
{
	const char *name = tt_parquet_get_text(row, TT_TARGETS_PROTOCOL);
	int64_t most = UINT16_MAX;

	*target = tt_parquet_get_int(row, TT_TARGETS_TARGET);
	*code = tt_parquet_get_int(row, TT_TARGETS_CODE);
	if (tt_protocol_parse(name, protocol) != 0)
		return bad_text(c, "protocol", name, err);
	if (*protocol == TT_PROTO_ICMP || *protocol == TT_PROTO_ICMPV6)
		most = UINT8_MAX;
	if (*target < -1 || *target > most)
		return bad_number(c, "target", *target, err);
	if (*code < 0 || *code > UINT8_MAX)
		return bad_number(c, "code", *code, err);
	return 0;
}

/*
 * Sources add up over the rows of a target by uniq_src_ip_target; over those of an ICMP type
 * and code, whose rows differ by country alone, by uniq_src_ip.
 */
static int
add_target(struct collect *c, const struct tt_parquet_reader *row, struct tt_error *err)
{
	enum tt_metric_class class;
	int64_t target, code;
	uint8_t protocol;
	uint64_t value;
	int ret = take_target(c, row, &protocol, &target, &code, err);

	if (ret != 0)
		return ret;
	if (target >= 0)
		c->has_targets[protocol] = true;
	if (!metric_of(protocol, target, code, &class, &value))
		return 0;
	add(c, class, value, TT_LEAF_PKT_CNT,
			tt_parquet_get_int(row, TT_TARGETS_PACKETS));
	add(c, class, value, TT_LEAF_IP_LEN, tt_parquet_get_int(row, TT_TARGETS_BYTES));
	add(c, class, value, TT_LEAF_UNIQ_SRC_IP,
			tt_parquet_get_int(row,
					protocol == TT_PROTO_ICMP
							? TT_TARGETS_UNIQ_SRC_IP
							: TT_TARGETS_UNIQ_SRC_IP_TARGET));
	return 0;
}

/* A protocol that has no port or type in any row is one target, so that its sources add up. */
static int
add_protocol_sources(struct collect *c, const struct tt_parquet_reader *row,
		struct tt_error *err)
{
	uint8_t protocol;

	if (tt_protocol_parse(tt_parquet_get_text(row, TT_TARGETS_PROTOCOL), &protocol)
					== 0
			&& !c->has_targets[protocol])
		add(c, TT_METRIC_PROTOCOL, protocol, TT_LEAF_UNIQ_SRC_IP,
				tt_parquet_get_int(row, TT_TARGETS_UNIQ_SRC_IP_TARGET));
	return 0;
}

/* Source ports have no bytes. */
static int
add_distribution(struct collect *c, const struct tt_parquet_reader *row,
		struct tt_error *err)
{
	static const struct {
		const char *name;
		enum tt_metric_class class;
		int64_t most;
	} known[] = {
			{"ip-protocol", TT_METRIC_PROTOCOL, UINT8_MAX},
			{"tcp-source-port", TT_METRIC_TCP_SOURCE_PORT, UINT16_MAX},
			{"udp-source-port", TT_METRIC_UDP_SOURCE_PORT, UINT16_MAX},
	};
	const char *name = tt_parquet_get_text(row, TT_DISTRIBUTIONS_DISTRIBUTION);
	int64_t value = tt_parquet_get_int(row, TT_DISTRIBUTIONS_VALUE);

	for (unsigned i = 0; i < TT_ARRAY_SIZE(known); i++) {
		if (strcmp(name, known[i].name) != 0)
			continue;
		if (value < 0 || value > known[i].most)
			return bad_number(c, name, value, err);
		add(c, known[i].class, (uint64_t)value, TT_LEAF_PKT_CNT,
				tt_parquet_get_int(row, TT_DISTRIBUTIONS_PACKETS));
		if (known[i].class == TT_METRIC_PROTOCOL)
			add(c, known[i].class, (uint64_t)value, TT_LEAF_IP_LEN,
					tt_parquet_get_int(row, TT_DISTRIBUTIONS_BYTES));
	}
	return 0;
}

/* Enters the estimate of the sketch that was read, and empties the registers. */
static void
end_sketch(struct collect *c)
{
	if (c->sketch[0] == '\0')
		return;
	tt_metrics_add(c->metrics, c->sketch_of, TT_LEAF_UNIQ_DST_IP,
			llround(tt_sketch_estimate(c->registers, c->p)));
	memset(c->registers, 0, (size_t)1 << c->p);
	c->sketch[0] = '\0';
}

/* Begins the sketch of a key, if it is of a metric. */
static void
begin_sketch(struct collect *c, const char *key, int64_t p)
{
	enum tt_metric_class class;
	struct tt_target t;
	uint64_t value;

	if (strncmp(key, SKETCH_OF_TARGETS, strlen(SKETCH_OF_TARGETS)) != 0
			|| strlen(key) >= sizeof(c->sketch) || p < TT_SKETCH_P_MIN
			|| p > TT_SKETCH_P_MAX
			|| tt_target_parse(key + strlen(SKETCH_OF_TARGETS), &t) != 0
			|| t.protocol == TT_PROTO_ICMP
			|| !metric_of(t.protocol, t.number, 0, &class, &value))
		return;
	strcpy(c->sketch, key);
	c->sketch_of = tt_metric_key(class, value);
	c->p = (unsigned)p;
}

/* Rows of a key come together. */
static int
add_register(struct collect *c, const struct tt_parquet_reader *row, struct tt_error *err)
{
	const char *key = tt_parquet_get_text(row, TT_SKETCHES_KEY);
	int64_t at = tt_parquet_get_int(row, TT_SKETCHES_REGISTER);

	if (strcmp(key, c->sketch) != 0) {
		end_sketch(c);
		begin_sketch(c, key, tt_parquet_get_int(row, TT_SKETCHES_PRECISION));
	}
	if (c->sketch[0] != '\0' && at >= 0 && at < 1 << c->p)
		c->registers[at] = (uint8_t)tt_parquet_get_int(row, TT_SKETCHES_RHO);
	return 0;
}

static int
each_row(struct collect *c, enum tt_table table,
		int (*take)(struct collect *c, const struct tt_parquet_reader *row,
				struct tt_error *err),
		struct tt_error *err)
{
	struct tt_parquet_reader *reader;
	int ret = tt_export_table(c->snapshot, table, &reader, err), more;

	if (ret != 0)
		return ret;
	while (ret == 0 && (more = tt_parquet_next(reader, err)) != 0)
		ret = more < 0 ? more : take(c, reader, err);
	tt_parquet_close(reader);
	return ret;
}

int
tt_corsaro_collect(struct tt_metrics *metrics, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	struct collect *c = calloc(1, sizeof(*c));
	int ret = 0;

	if (c == NULL)
		return tt_error_set(err, -ENOMEM, snapshot->path, "out of memory");
	c->metrics = metrics;
	c->snapshot = snapshot;
	c->addresses = true;
	ret = each_row(c, TT_TABLE_DESTINATIONS, look_at_destination, err);
	if (ret == 0)
		ret = each_row(c, TT_TABLE_INTERVAL, add_interval, err);
	if (ret == 0 && strcmp(snapshot->manifest.geo, "none") != 0)
		ret = each_row(c, TT_TABLE_COUNTRIES, add_country, err);
	if (ret == 0)
		ret = each_row(c, TT_TABLE_TARGETS, add_target, err);
	if (ret == 0)
		ret = each_row(c, TT_TABLE_TARGETS, add_protocol_sources, err);
	if (ret == 0)
		ret = each_row(c, TT_TABLE_DISTRIBUTIONS, add_distribution, err);
	if (ret == 0)
		ret = each_row(c, TT_TABLE_SKETCHES, add_register, err);
	end_sketch(c);
	if (ret == 0)
		ret = tt_corsaro_collect_sources(metrics, snapshot, err);
	if (ret == 0 && metrics->failed)
		ret = tt_error_set(err, -ENOMEM, snapshot->path, "out of memory");
	if (ret == 0 && metrics->impossible)
		ret = tt_error_set(err, -EBADMSG, snapshot->path,
				"counts that cannot be, or cannot be added up");
	free(c);
	return ret;
}
