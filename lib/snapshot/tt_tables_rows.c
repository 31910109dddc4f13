/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of a merge as rows of the tables: one function for each kind. Those of pairs and
 * contacts are in tt_tables_pairs.c, those of sketches in tt_tables_sketches.c. */
#include "tt_tables.h"

#define ANY_OTHER      "*" /* the sources that a row of talkers does not tell apart */
#define ANY_OTHER_CODE (UINT64_C(1) << 32) /* no IPv4 address */

/* An address in a table where few have most rows. Those of IPv4 are their own code. */
static void
put_frequent_addr(struct tt_row *row, struct tt_addr addr)
{
	char text[TT_ADDR_TEXT_MAX];

	if (!tt_addr_is_v4(addr))
		tt_row_text(row, tt_addr_format(addr, text));
	else if (!tt_row_code(row, (uint32_t)addr.lo))
		tt_row_coded(row, (uint32_t)addr.lo, tt_addr_format(addr, text));
}

void
tt_row_errors_init(struct tt_row_errors *errors, uint64_t one_in)
{
	TT_ASSERT(one_in > 0 && (one_in & (one_in - 1)) == 0);
	errors->one_in = one_in;
	for (uint64_t i = 0; i < TT_ROW_ERRORS; i++)
		errors->of[i] = tt_scaled_error(i * one_in, one_in);
}

/* A standard error, of a count that was scaled by errors->one_in, and so is a multiple of it. */
static void
put_error(struct tt_row *row, uint64_t count, const struct tt_row_errors *errors)
{
	const uint64_t kept = count >> __builtin_ctzll(errors->one_in);

	tt_row_int(row,
			(int64_t)(kept < TT_ROW_ERRORS ? errors->of[kept]
						       : tt_scaled_error(count,
								       errors->one_in)));
}

static void
put_rule(struct tt_row *row, const struct tt_tables *t, unsigned rule)
{
	if (!tt_row_code(row, rule))
		tt_row_coded(row, rule,
				tt_fingerprints_rule(t->config->fingerprints, rule)->id);
}

static void
put_classes(struct tt_row *row, uint32_t classes)
{
	char text[TT_CLASSES_TEXT_MAX];

	if (!tt_row_code(row, classes))
		tt_row_coded(row, classes, tt_row_classes(classes, text));
}

/* Of a row of targets, the packets of IPv6. */
static int
put_ipv6_target(const struct tt_tables *t, const struct tt_target_row *r,
		struct tt_error *err)
{
	struct tt_row row;

	tt_row_begin(&row, t, TT_TABLE_IPV6_TARGETS);
	tt_row_put_target(&row, r->target);
	tt_row_int(&row, r->target.code);
	tt_row_put_class(&row, r->class);
	tt_row_int(&row, r->backscatter);
	tt_row_put_country(&row, r->country);
	tt_row_count(&row, r->ipv6);
	return tt_row_end(&row, err);
}

int
tt_tables_put_ipv6_untold(
		const struct tt_tables *t, struct tt_count untold, struct tt_error *err)
{
	struct tt_row row;

	tt_row_begin(&row, t, TT_TABLE_IPV6_TARGETS);
	if (untold.packets == 0)
		return 0;
	tt_row_text(&row, "");
	tt_row_int(&row, -1);
	tt_row_int(&row, 0);
	tt_row_text(&row, "");
	tt_row_int(&row, 0);
	tt_row_put_country(&row, TT_COUNTRY_REST);
	tt_row_count(&row, untold);
	return tt_row_end(&row, err);
}

static int
put_target(void *context, const struct tt_target_row *r, struct tt_error *err)
{
	const struct tt_tables *t = context;
	struct tt_row row;
	int ret;

	tt_row_begin(&row, t, TT_TABLE_TARGETS);
	tt_row_put_target(&row, r->target);
	tt_row_int(&row, r->target.code);
	tt_row_put_class(&row, r->class);
	tt_row_int(&row, r->backscatter);
	tt_row_put_country(&row, r->country);
	tt_row_count(&row, r->count);
	tt_row_int(&row, (int64_t)r->uniq_src_ip);
	tt_row_int(&row, (int64_t)r->uniq_src_ip_target);
	put_error(&row, r->uniq_src_ip, &t->sources);
	tt_row_int(&row, r->first);
	ret = tt_row_end(&row, err);
	return ret != 0 || r->ipv6.packets == 0 ? ret : put_ipv6_target(t, r, err);
}

static int
put_country_row(void *context, const struct tt_country_row *r, struct tt_error *err)
{
	const struct tt_tables *t = context;
	struct tt_row row;

	tt_row_begin(&row, t, TT_TABLE_COUNTRIES);
	tt_row_put_country(&row, r->country);
	tt_row_put_class(&row, r->class);
	tt_row_int(&row, r->backscatter);
	tt_row_count(&row, r->count);
	tt_row_int(&row, (int64_t)r->uniq_src_ip);
	tt_row_int(&row, (int64_t)r->uniq_src_ip_country);
	put_error(&row, r->uniq_src_ip, &t->sources);
	return tt_row_end(&row, err);
}

static int
returning(enum tt_returning r)
{
	if (r == TT_RETURNING_UNKNOWN)
		return -1;
	return r == TT_RETURNING_YES;
}

static int
put_source(void *context, const struct tt_source_row *r, struct tt_error *err)
{
	const struct tt_tables *t = context;
	struct tt_row row;
	char text[TT_ADDR_TEXT_MAX];

	tt_row_begin(&row, t, TT_TABLE_SOURCES);
	tt_row_new_text(&row, tt_addr_format(r->src, text));
	tt_row_put_country(&row, r->country);
	tt_row_int(&row, r->asn);
	tt_row_count(&row, r->count);
	tt_row_int(&row, (int64_t)r->backscatter_packets);
	tt_row_int(&row, (int64_t)r->targets);
	tt_row_int(&row, (int64_t)r->destinations);
	tt_row_int(&row, (int64_t)r->destinations_error);
	put_classes(&row, r->classes);
	tt_row_put_rules(&row, t, r->fingerprints);
	tt_row_int(&row, r->first_us);
	tt_row_int(&row, r->last_us);
	tt_row_int(&row, returning(r->returning));
	return tt_row_end(&row, err);
}

static int
put_source_fingerprint(void *context, const struct tt_source_fingerprint_row *r,
		struct tt_error *err)
{
	struct tt_tables *t = context;
	struct tt_row row;

	tt_row_begin(&row, t, TT_TABLE_SOURCE_FINGERPRINTS);
	tt_row_put_src(&row, r->src, &t->source_fingerprint_src);
	put_rule(&row, t, r->rule);
	tt_row_int(&row, (int64_t)r->packets);
	tt_row_int(&row, (int64_t)r->tested);
	tt_row_int(&row, r->carried);
	return tt_row_end(&row, err);
}

static int
put_fingerprint(void *context, const struct tt_fingerprint_row *r, struct tt_error *err)
{
	const struct tt_tables *t = context;
	struct tt_row row;

	tt_row_begin(&row, t, TT_TABLE_FINGERPRINTS);
	put_rule(&row, t, r->rule);
	if (r->rest) {
		tt_row_text(&row, "");
		tt_row_int(&row, -1);
		tt_row_text(&row, "");
	} else {
		tt_row_put_target(&row, r->target);
		tt_row_put_class(&row, r->class);
	}
	tt_row_count(&row, r->count);
	tt_row_int(&row, (int64_t)r->uniq_src_ip);
	put_error(&row, r->uniq_src_ip, &t->sources);
	return tt_row_end(&row, err);
}

static int
put_rule_row(void *context, const struct tt_rule_row *r, struct tt_error *err)
{
	const struct tt_tables *t = context;
	const struct tt_fingerprint_rule *rule = tt_fingerprints_rule(
			t->config->fingerprints, r->rule);
	struct tt_row row;

	tt_row_begin(&row, t, TT_TABLE_FINGERPRINT_RULES);
	tt_row_text(&row, rule->id);
	tt_row_text(&row, rule->title);
	tt_row_int(&row, rule->chance_one_in);
	tt_row_int(&row, rule->source_packets);
	tt_row_int(&row, rule->source_percent);
	tt_row_int(&row, (int64_t)r->tested);
	tt_row_int(&row, (int64_t)r->matched);
	tt_row_int(&row, (int64_t)r->sources);
	tt_row_int(&row, (int64_t)r->carriers);
	tt_row_int(&row, (int64_t)r->carrier_packets);
	put_error(&row, r->sources, &t->sources);
	return tt_row_end(&row, err);
}

static int
put_source_port(void *context, const struct tt_source_port_row *r, struct tt_error *err)
{
	struct tt_row row;

	tt_row_begin(&row, context, TT_TABLE_SOURCE_PORTS);
	tt_row_put_target(&row, r->target);
	tt_row_put_class(&row, r->class);
	tt_row_int(&row, r->source_port);
	tt_row_int(&row, (int64_t)r->packets);
	return tt_row_end(&row, err);
}

static int
put_talker(void *context, const struct tt_talker_row *r, struct tt_error *err)
{
	struct tt_row row;

	tt_row_begin(&row, context, TT_TABLE_TALKERS);
	tt_row_put_target(&row, r->target);
	tt_row_put_class(&row, r->class);
	if (!r->rest)
		put_frequent_addr(&row, r->src);
	else if (!tt_row_code(&row, ANY_OTHER_CODE))
		tt_row_coded(&row, ANY_OTHER_CODE, ANY_OTHER);
	tt_row_int(&row, (int64_t)r->packets);
	return tt_row_end(&row, err);
}

static int
put_destination(void *context, const struct tt_destination_row *r, struct tt_error *err)
{
	struct tt_tables *t = context;
	struct tt_row row;

	tt_row_begin(&row, t, TT_TABLE_DESTINATIONS);
	tt_row_put_next_unit(&row, t, r->unit, &t->destination_unit);
	tt_row_put_class(&row, r->class);
	tt_row_int(&row, (int64_t)r->packets);
	tt_row_int(&row, (int64_t)r->uniq_src_ip);
	tt_row_int(&row, (int64_t)r->uniq_src_ip_destination);
	put_error(&row, r->uniq_src_ip, &t->contacts);
	return tt_row_end(&row, err);
}

static int
put_backscatter(void *context, const struct tt_backscatter_row *r, struct tt_error *err)
{
	const struct tt_tables *t = context;
	struct tt_row row;

	tt_row_begin(&row, t, TT_TABLE_BACKSCATTER);
	tt_row_put_known_target(&row, r->target);
	tt_row_int(&row, r->target.code);
	tt_row_put_class(&row, r->class);
	tt_row_put_known_target(&row, r->attacked);
	tt_row_count(&row, r->count);
	tt_row_int(&row, (int64_t)r->uniq_src_ip);
	put_error(&row, r->uniq_src_ip, &t->sources);
	return tt_row_end(&row, err);
}

static int
put_victim(void *context, const struct tt_victim_row *r, struct tt_error *err)
{
	struct tt_tables *t = context;
	struct tt_row row;

	tt_row_begin(&row, t, TT_TABLE_VICTIMS);
	tt_row_put_src(&row, r->src, &t->victim_src);
	tt_row_put_country(&row, r->country);
	tt_row_put_known_target(&row, r->attacked);
	tt_row_put_class(&row, r->class);
	tt_row_count(&row, r->count);
	tt_row_int(&row, r->first_us);
	tt_row_int(&row, r->last_us);
	return tt_row_end(&row, err);
}

static int
put_distribution(void *context, const struct tt_distribution_row *r, struct tt_error *err)
{
	struct tt_row row;
	char text[64];

	tt_row_begin(&row, context, TT_TABLE_DISTRIBUTIONS);
	tt_row_text(&row, tt_distribution_name(r->distribution));
	tt_row_put_class(&row, r->class);
	tt_row_int(&row, (int64_t)r->value);
	tt_row_text(&row, tt_row_label(r->distribution, r->value, text));
	tt_row_count(&row, r->count);
	return tt_row_end(&row, err);
}

static int
finish_step(void *context, enum tt_merge_step_id step, struct tt_error *err)
{
	static const struct {
		enum tt_merge_step_id step; /* that gives out the last rows of: */
		enum tt_table table;
	} last[] = {{TT_STEP_TARGETS, TT_TABLE_TARGETS},
			{TT_STEP_TARGETS, TT_TABLE_TALKERS},
			{TT_STEP_FINGERPRINTS, TT_TABLE_FINGERPRINTS},
			{TT_STEP_SOURCES, TT_TABLE_SOURCES},
			{TT_STEP_SOURCES, TT_TABLE_SOURCE_FINGERPRINTS},
			{TT_STEP_SOURCES, TT_TABLE_PAIRS},
			{TT_STEP_DESTINATIONS, TT_TABLE_DESTINATIONS},
			{TT_STEP_CONTACT_ROWS, TT_TABLE_CONTACTS},
			{TT_STEP_SOURCE_PORTS, TT_TABLE_SOURCE_PORTS},
			{TT_STEP_DISTRIBUTIONS, TT_TABLE_DISTRIBUTIONS},
			{TT_STEP_SKETCHES, TT_TABLE_SKETCHES}};
	struct tt_tables *t = context;
	int ret = 0;

	/* The other tables have few rows, and wait until all is known. */
	for (unsigned i = 0; ret == 0 && i < TT_ARRAY_SIZE(last); i++)
		if (last[i].step == step)
			ret = tt_tables_finish(t, last[i].table, err);
	return ret;
}

struct tt_merge_sink
tt_tables_sink(struct tt_tables *tables)
{
	return (struct tt_merge_sink){
			.context = tables,
			.target = put_target,
			.country = put_country_row,
			.source = put_source,
			.source_fingerprint = put_source_fingerprint,
			.fingerprint = put_fingerprint,
			.rule = put_rule_row,
			.source_port = put_source_port,
			.talker = put_talker,
			.destination = put_destination,
			.backscatter = put_backscatter,
			.victim = put_victim,
			.distribution = put_distribution,
			.sketches = tt_tables_put_sketches,
			.pair = tt_tables_put_pair,
			.contact = tt_tables_put_contact,
			.signature_rule = tt_tables_put_signature_rule,
			.signature = tt_tables_put_signature,
			.signature_source = tt_tables_put_signature_source,
			.step_done = finish_step,
	};
}
