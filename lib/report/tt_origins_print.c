/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_origins.h"

#include <inttypes.h>
#include <math.h>

/* One line, ready to be printed in any format. */
struct line {
	size_t rank; /* from 1 */
	const struct tt_origin *data;
	double share; /* 0 to 1 */
	double rate; /* packets per day and monitored address */
	double sensor_rate; /* packets per day and sensor */
};

/* Does text give packets per day and sensor, as the rate by address is not known, or that of all would be 0.00? */
static bool
is_per_sensor(const struct tt_origins *o)
{
	const struct tt_origin all = {
			.packets = o->packets, .ipv6_packets = o->ipv6_packets};
	double rate = tt_origins_rate(o, &all);

	return !tt_origins_tell_rates(o) || (rate > 0 && rate < TT_RATE_LEAST);
}

static bool
is_by_networks(const struct tt_origins *o)
{
	return o->by == TT_ORIGINS_NETWORKS;
}

/* Are packets of this one estimates? */
static bool
is_estimated(const struct tt_origins *o, const struct tt_origin *origin)
{
	return is_by_networks(o) && origin->estimated;
}

static void
print_head(const struct tt_origins *o, FILE *out)
{
	const char *what = is_by_networks(o) ? "network" : "countr";
	const char *one = is_by_networks(o) ? "" : "y";
	const char *more = is_by_networks(o) ? "s" : "ies";

	tt_ranking_span_print(&o->over, out);
	fprintf(out, ", %s%" PRIu64 " packets",
			is_by_networks(o) && !o->over.exact ? "~" : "", o->packets);
	if (o->ip_version != 0)
		fprintf(out, " of IPv%u", o->ip_version);
	if (o->one_class)
		fprintf(out, " of class %s", tt_class_name(o->class));
	fprintf(out, ", %zu %s%s\n", o->n, what, o->n == 1 ? one : more);
	if (o->n == 0)
		return;
	fprintf(out, "%5s  %-12s %14s %7s %16s %12s %20s\n", "rank",
			is_by_networks(o) ? "AS number" : "country", "packets", "share",
			"bytes", o->over.snapshots == 1 ? "sources" : "max sources",
			is_per_sensor(o) ? "packets/day/sensor" : "packets/day/address");
}

static void
print_text(const struct tt_origins *o, const struct line *l, FILE *out)
{
	const char *about = is_estimated(o, l->data) ? "~" : "";
	char name[16] = "unknown", packets[24], bytes[24], sources[32];

	if (!is_by_networks(o))
		tt_country_format((tt_country)l->data->key, name);
	else if (l->data->key != 0)
		snprintf(name, sizeof(name), "AS%" PRIu32, l->data->key);
	snprintf(packets, sizeof(packets), "%s%" PRIu64, about, l->data->packets);
	snprintf(bytes, sizeof(bytes), "%s%" PRIu64, about, l->data->bytes);
	snprintf(sources, sizeof(sources), "%s%s%" PRIu64, l->data->at_least ? ">=" : "",
			l->data->estimated ? "~" : "", l->data->max_uniq_src_ip);
	fprintf(out, "%5zu  %-12s %14s %6.2f%% %16s %12s %20.2f\n", l->rank, name,
			packets, 100 * l->share, bytes, sources,
			is_per_sensor(o) ? l->sensor_rate : l->rate);
}

static void
print_foot(const struct tt_origins *o, size_t n, FILE *out)
{
	bool at_least = false, estimated = is_by_networks(o) && !o->over.exact;

	for (size_t i = 0; i < n && i < o->n; i++) {
		at_least = at_least || o->all[i].at_least;
		estimated = estimated || o->all[i].estimated;
	}
	if (o->n > 0 && o->over.snapshots > 1)
		fputs("max sources: unique sources, the most in any one snapshot\n", out);
	if (estimated)
		fputs("~: estimated from a sample of sources, in some snapshot at least\n",
				out);
	if (at_least)
		fputs(">=: at least as many, in some snapshot\n", out);
	if (!tt_origins_tell_rates(o))
		fputs("packets of countries are not told apart by IP version: no rates by address\n",
				out);
	else if (o->ip_version == 0 && tt_version_is_ipv4(&o->over.address_time)
			&& !is_per_sensor(o))
		fputs("packets, share, bytes, sources: of IPv4 and IPv6; packets/day/address: packets of IPv4 by monitored IPv4 addresses\n",
				out);
	if (tt_version_time_of(&o->over.address_time).us == 0)
		fputs("no monitored address was observed: no rates\n", out);
}

static void
print_csv_head(const struct tt_origins *o, FILE *out)
{
	fprintf(out,
			"rank,%s,packets,%sshare,bytes,max_uniq_src_ip,packets_per_day_address,"
			"packets_per_day_sensor,%ssources_estimated,sources_at_least\r\n",
			is_by_networks(o) ? "asn" : "country",
			is_by_networks(o) ? "packets_stderr," : "",
			is_by_networks(o) ? "packets_estimated," : "");
}

/* The rate by address; nothing where it is not known. */
static char *
rate_text(const struct tt_origins *o, const struct line *l, const char *nothing,
		char text[32])
{
	if (tt_origins_tell_rates(o))
		snprintf(text, 32, "%.6f", l->rate);
	else
		snprintf(text, 32, "%s", nothing);
	return text;
}

static void
print_csv(const struct tt_origins *o, const struct line *l, FILE *out)
{
	const struct tt_origin *d = l->data;
	char rate[32], country[3];

	rate_text(o, l, "", rate);
	if (is_by_networks(o))
		fprintf(out, "%zu,%" PRIu32 ",%" PRIu64 ",%.0f,", l->rank, d->key,
				d->packets, ceil(d->packets_stderr));
	else
		fprintf(out, "%zu,%s,%" PRIu64 ",", l->rank,
				tt_country_format((tt_country)d->key, country),
				d->packets);
	fprintf(out, "%.6f,%" PRIu64 ",%" PRIu64 ",%s,%.6f,", l->share, d->bytes,
			d->max_uniq_src_ip, rate, l->sensor_rate);
	if (is_by_networks(o))
		fprintf(out, "%d,", is_estimated(o, d));
	fprintf(out, "%d,%d\r\n", d->estimated, d->at_least);
}

static void
print_jsonl(const struct tt_origins *o, const struct line *l, FILE *out)
{
	const struct tt_origin *d = l->data;
	char rate[32], country[3];

	rate_text(o, l, "null", rate);
	if (is_by_networks(o))
		fprintf(out,
				"{\"rank\":%zu,\"asn\":%" PRIu32 ",\"packets\":%" PRIu64
				",\"packets_stderr\":%.0f",
				l->rank, d->key, d->packets, ceil(d->packets_stderr));
	else
		fprintf(out, "{\"rank\":%zu,\"country\":\"%s\",\"packets\":%" PRIu64,
				l->rank, tt_country_format((tt_country)d->key, country),
				d->packets);
	fprintf(out,
			",\"share\":%.6f,\"bytes\":%" PRIu64
			",\"max_uniq_src_ip\":%" PRIu64
			",\"packets_per_day_address\":%s,\"packets_per_day_sensor\":%.6f",
			l->share, d->bytes, d->max_uniq_src_ip, rate, l->sensor_rate);
	if (is_by_networks(o))
		fprintf(out, ",\"packets_estimated\":%s",
				tt_ranking_json_bool(is_estimated(o, d)));
	fprintf(out, ",\"sources_estimated\":%s,\"sources_at_least\":%s}\n",
			tt_ranking_json_bool(d->estimated),
			tt_ranking_json_bool(d->at_least));
}

void
tt_origins_print(const struct tt_origins *o, size_t n, enum tt_ranking_format format,
		FILE *out)
{
	if (format == TT_RANKING_TEXT)
		print_head(o, out);
	if (format == TT_RANKING_CSV)
		print_csv_head(o, out);
	for (size_t i = 0; i < n && i < o->n; i++) {
		const struct tt_origin *d = &o->all[i];
		const struct line line = {.rank = i + 1,
				.data = d,
				.share = (double)d->packets / (double)o->packets,
				.rate = tt_origins_rate(o, d),
				.sensor_rate = tt_version_sensor_rate(
						d->packets, o->over.observed_us)};

		if (format == TT_RANKING_TEXT)
			print_text(o, &line, out);
		else if (format == TT_RANKING_CSV)
			print_csv(o, &line, out);
		else
			print_jsonl(o, &line, out);
	}
	if (format == TT_RANKING_TEXT)
		print_foot(o, n, out);
}
