/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_ranking.h"

#include <inttypes.h>
#include <string.h>

/* One line, ready to be printed in any format. */
struct line {
	size_t rank; /* from 1 */
	char name[32];
	const struct tt_rank *data;
	double share; /* 0 to 1 */
	double rate; /* packets per day and monitored address, in text also per day and sensor */
	double sensor_rate; /* packets per day and sensor */
};

static void
print_head(const struct tt_ranking *r, FILE *out)
{
	tt_ranking_span_print(&r->over, out);
	fprintf(out, ", %" PRIu64 " packets", r->packets);
	if (r->ip_version != 0)
		fprintf(out, " of IPv%u", r->ip_version);
	if (r->one_class)
		fprintf(out, " of class %s", tt_class_name(r->class));
	fprintf(out, ", %zu target%s\n", r->n_ranks, r->n_ranks == 1 ? "" : "s");
	if (r->n_ranks == 0)
		return;
	fprintf(out, "%5s  %-12s %14s %7s %16s %12s %20s\n", "rank", "target", "packets",
			"share", "bytes",
			r->over.snapshots == 1 ? "sources" : "max sources",
			tt_ranking_is_per_sensor(r) ? "packets/day/sensor"
						    : "packets/day/address");
}

static void
print_text(const struct line *l, const struct tt_ranking *r, FILE *out)
{
	char sources[32] = "-";

	if (tt_ranking_tells_sources(r))
		snprintf(sources, sizeof(sources), "%s%s%" PRIu64,
				l->data->at_least ? ">=" : "",
				l->data->estimated ? "~" : "", l->data->max_uniq_src_ip);
	fprintf(out, "%5zu  %-12s %14" PRIu64 " %6.2f%% %16" PRIu64 " %12s %20.2f\n",
			l->rank, l->name, l->data->packets, 100 * l->share,
			l->data->bytes, sources, l->rate);
}

/* What a choice of the IP version leaves unknown. */
static void
print_version(const struct tt_ranking *r, FILE *out)
{
	if (!tt_ranking_tells_sources(r))
		fputs("-: sources are not told apart by IP version\n", out);
	if (r->over.address_time.untold && r->over.address_time.any_ipv6)
		fprintf(out, "packets, share, bytes: of IPv%u, at %s: some of IPv6 are not told apart\n",
				r->ip_version, r->ip_version == 4 ? "most" : "least");
}

static void
print_foot(const struct tt_ranking *r, size_t n, FILE *out)
{
	bool at_least = false, estimated = false;

	for (size_t i = 0; i < n && i < r->n_ranks; i++) {
		at_least = at_least || r->ranks[i].at_least;
		estimated = estimated || r->ranks[i].estimated;
	}
	if (!tt_ranking_tells_sources(r))
		at_least = estimated = false;
	else if (r->n_ranks > 0 && r->over.snapshots > 1)
		fputs("max sources: unique sources, the most in any one snapshot\n", out);
	if (estimated)
		fputs("~: estimated from a sample or sketch, in some snapshot at least\n",
				out);
	if (at_least)
		fputs(">=: at least as many, in some snapshot\n", out);
	if (r->ip_version != 0)
		print_version(r, out);
	else if (tt_version_is_ipv4(&r->over.address_time)
			&& !tt_ranking_is_per_sensor(r))
		fprintf(out, "packets, share, bytes, sources: of IPv4 and IPv6; packets/day/address: packets of IPv4 by monitored IPv4 addresses%s\n",
				r->over.address_time.untold
						? ", at most: some of IPv6 are not told apart"
						: "");
	if (tt_version_time_of(&r->over.address_time).us == 0)
		fputs("no monitored address was observed: no rates\n", out);
}

/* What text has as "~", ">=" and "at most" or "at least". */
struct marks {
	bool estimated, at_least, ipv6_untold;
};

static struct marks
marks_of(const struct line *l, const struct tt_ranking *r)
{
	const bool sources = tt_ranking_tells_sources(r);

	return (struct marks){.estimated = sources && l->data->estimated,
			.at_least = sources && l->data->at_least,
			.ipv6_untold = r->over.address_time.untold
					&& r->over.address_time.any_ipv6};
}

static void
print_csv(const struct line *l, const struct tt_ranking *r, const char *sources,
		FILE *out)
{
	const struct marks m = marks_of(l, r);

	fprintf(out, "%zu,%s,%" PRIu64 ",%.6f,%" PRIu64 ",%s,%.6f,%.6f,%d,%d,%d\r\n",
			l->rank, l->name, l->data->packets, l->share, l->data->bytes,
			sources, l->rate, l->sensor_rate, m.estimated, m.at_least,
			m.ipv6_untold);
}

static void
print_jsonl(const struct line *l, const struct tt_ranking *r, const char *sources,
		FILE *out)
{
	const struct marks m = marks_of(l, r);

	fprintf(out,
			"{\"rank\":%zu,\"target\":\"%s\",\"packets\":%" PRIu64
			",\"share\":%.6f,\"bytes\":%" PRIu64 ",\"max_uniq_src_ip\":%s"
			",\"packets_per_day_address\":%.6f,\"packets_per_day_sensor\":%.6f"
			",\"sources_estimated\":%s,\"sources_at_least\":%s,\"ipv6_untold\":%s}\n",
			l->rank, l->name, l->data->packets, l->share, l->data->bytes,
			sources, l->rate, l->sensor_rate,
			tt_ranking_json_bool(m.estimated),
			tt_ranking_json_bool(m.at_least),
			tt_ranking_json_bool(m.ipv6_untold));
}

static struct line
make_line(const struct tt_ranking *r, size_t i)
{
	const struct tt_rank *rank = &r->ranks[i];
	const struct tt_target target = {
			.protocol = rank->protocol, .number = rank->target};
	struct line line = {
			.rank = i + 1,
			.data = rank,
			.share = (double)rank->packets / (double)r->packets,
			.rate = tt_ranking_rate(r, rank),
			.sensor_rate = tt_ranking_sensor_rate(r, rank),
	};

	tt_target_format(target, line.name);
	return line;
}

void
tt_ranking_print(const struct tt_ranking *ranking, size_t n,
		enum tt_ranking_format format, FILE *out)
{
	const bool per_sensor = format == TT_RANKING_TEXT
			&& tt_ranking_is_per_sensor(ranking);

	if (format == TT_RANKING_TEXT)
		print_head(ranking, out);
	if (format == TT_RANKING_CSV)
		fputs("rank,target,packets,share,bytes,max_uniq_src_ip,"
		      "packets_per_day_address,packets_per_day_sensor,"
		      "sources_estimated,sources_at_least,ipv6_untold\r\n",
				out);
	for (size_t i = 0; i < n && i < ranking->n_ranks; i++) {
		struct line line = make_line(ranking, i);
		char sources[24];

		snprintf(sources, sizeof(sources), "%" PRIu64,
				line.data->max_uniq_src_ip);
		if (!tt_ranking_tells_sources(ranking))
			strcpy(sources, format == TT_RANKING_CSV ? "" : "null");

		if (per_sensor)
			line.rate = line.sensor_rate;
		if (format == TT_RANKING_TEXT)
			print_text(&line, ranking, out);
		else if (format == TT_RANKING_CSV)
			print_csv(&line, ranking, sources, out);
		else
			print_jsonl(&line, ranking, sources, out);
	}
	if (format == TT_RANKING_TEXT)
		print_foot(ranking, n, out);
}
