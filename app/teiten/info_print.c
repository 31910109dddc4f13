/* SPDX-License-Identifier: BSD-3-Clause */
#include "info.h"
#include "tt_merge.h"
#include "tt_time.h"

#include <inttypes.h>

#include <jansson.h>

#define LABEL "  %-12s "

static double
seconds(int64_t us)
{
	return (double)us / TT_US_PER_S;
}

static void
print_span(const char *label, int64_t start_us, int64_t end_us)
{
	char start[TT_TIME_TEXT_MAX], end[TT_TIME_TEXT_MAX];

	printf(LABEL "%s to %s\n", label, tt_time_format(start_us, start),
			tt_time_format(end_us, end));
}

static void
print_losses(const struct tt_ledger_short *s)
{
	uint64_t lost = s->missed + s->no_mbuf + s->errors;
	uint64_t offered = tt_ledger_offered(s);

	printf(LABEL "%" PRIu64 " of %" PRIu64 " packets offered", "lost", lost, offered);
	if (lost > 0)
		printf(" (%.4f%%): %" PRIu64 " missed, %" PRIu64
		       " without a buffer, %" PRIu64 " errors",
				100.0 * (double)lost / (double)offered, s->missed,
				s->no_mbuf, s->errors);
	putchar('\n');
}

/* What full tables did not keep; without keys, the packets were counted all the same. Keys of pairs
 * and contacts are estimated from the sample; of the others, one that came and went more than once
 * is counted each time. */
static void
print_not_kept(const struct tt_ledger_short *s)
{
	static const struct {
		const char *bound, *what;
	} labels[TT_N_LEDGER_TABLES] = {
			[TT_LEDGER_PAIRS] = {"about ", "sources and targets"},
			[TT_LEDGER_CONTACTS] = {"about ", "sources and destinations"},
			[TT_LEDGER_SOURCE_PORTS] = {"at most ",
					"targets and source ports"},
			[TT_LEDGER_SLICES] = {"at most ", "targets and countries"},
			[TT_LEDGER_TALKERS] = {"at most ", "talkers"},
			[TT_LEDGER_SKETCHES] = {"", "sketches of targets"},
			[TT_LEDGER_SIGNATURES] = {"about ", "signatures and sources"},
	};

	for (unsigned i = 0; i < TT_N_LEDGER_TABLES; i++) {
		const struct tt_ledger_not_kept *n = &s->not_kept[i];

		if (n->packets == 0 && n->keys == 0)
			continue;
		printf(LABEL "%s%" PRIu64 " %s", "not kept", labels[i].bound, n->keys,
				labels[i].what);
		if (i != TT_LEDGER_SKETCHES)
			printf(", %" PRIu64 " %s counted without them", n->packets,
					i == TT_LEDGER_SIGNATURES ? "matches"
								  : "packets");
		putchar('\n');
	}
}

static void
print_notes(const struct tt_ledger_short *s)
{
	char length[TT_TIME_TEXT_MAX];

	if (s->late > 0)
		printf(LABEL "%" PRIu64 " packets older than an interval already begun\n",
				"late", s->late);
	if (s->link_down_us > 0)
		printf(LABEL "down for %s, which counts as observed\n", "link",
				tt_time_format_length((int64_t)s->link_down_us, length));
	print_not_kept(s);
}

/* Of a snapshot of several sensors, what is observed is a mean, and this a sum. */
static void
print_together(unsigned sensors)
{
	if (sensors > 1)
		printf(", of %u sensors together", sensors);
	putchar('\n');
}

static void
print_pauses(const char *label, const struct tt_pauses *pauses, unsigned sensors)
{
	char length[TT_TIME_TEXT_MAX];

	if (pauses->n == 0) {
		printf(LABEL "none\n", label);
		return;
	}
	printf(LABEL "%" PRIu64 ", %s in all", label, pauses->n,
			tt_time_format_length(pauses->us, length));
	print_together(sensors);
}

static void
print_in_part(const struct tt_pauses *in_part, unsigned sensors)
{
	char length[TT_TIME_TEXT_MAX];

	if (in_part->n == 0) {
		printf(LABEL "none\n", "in part");
		return;
	}
	printf(LABEL "%" PRIu64 " interval%s, %s of %s not observed", "in part",
			in_part->n, in_part->n == 1 ? "" : "s",
			tt_time_format_length(in_part->us, length),
			in_part->n == 1 ? "it" : "them");
	print_together(sensors);
}

/* Where IPv6 is monitored as well, one by address is one of IPv4. */
static void
print_rate(int64_t packets, int64_t ipv6, const struct tt_version_time *time,
		int64_t observed_us)
{
	const bool ipv4 = tt_version_is_ipv4(time);
	const bool nil = tt_version_rate_is_nil(time, (uint64_t)packets, (uint64_t)ipv6);

	if (ipv4 && !time->untold)
		printf(LABEL "%" PRId64 " of these packets\n", "IPv6", ipv6);
	if (tt_version_time_of(time).us == 0)
		return;
	if (nil)
		printf(LABEL "%.2f packets per day and sensor\n", "rate",
				tt_version_sensor_rate((uint64_t)packets, observed_us));
	else
		printf(LABEL "%s%.2f packets%s per day and monitored%s address\n", "rate",
				ipv4 && time->untold ? "at most " : "",
				tt_version_rate(time, (uint64_t)packets, (uint64_t)ipv6),
				ipv4 ? " of IPv4" : "", ipv4 ? " IPv4" : "");
}

/* INT64_MAX stands for all numbers beyond it. */
static void
print_number(int64_t addresses)
{
	if (addresses == INT64_MAX)
		fputs("2^63 or more", stdout);
	else
		printf("%" PRId64, addresses);
}

/* How many addresses are monitored; of IPv6 they say nothing where IPv4 is as well. */
static void
print_addresses(int64_t least, int64_t most, bool ipv4)
{
	print_number(least);
	if (most != least) {
		fputs(" to ", stdout);
		print_number(most);
	}
	fputs(ipv4 ? " of IPv4, and IPv6," : "", stdout);
}

static void
print_backscatter(int64_t answers, int64_t packets)
{
	if (answers > 0)
		printf(LABEL "%" PRId64 " of these packets (%.2f%%)\n", "backscatter",
				answers, 100.0 * (double)answers / (double)packets);
}

static void
print_detections(int64_t detections)
{
	if (detections > 0)
		printf(LABEL "%" PRId64 " by signatures\n", "detections", detections);
}

/* Distinct sources, with the standard error where they are estimated. */
static void
print_sources(const struct tt_manifest *m)
{
	printf(LABEL "%" PRId64, "sources", m->uniq_src_ip);
	if (m->sources_one_in > 1)
		printf(" +- %" PRIu64 ", estimated from one source in %" PRId64,
				tt_scaled_error((uint64_t)m->uniq_src_ip,
						(uint64_t)m->sources_one_in),
				m->sources_one_in);
	printf("\n" LABEL "%" PRId64, "destinations", m->destinations);
	if (m->contacts_one_in > 1)
		printf("; their sources estimated from one contact in %" PRId64,
				m->contacts_one_in);
	printf("\n" LABEL "%" PRId64 "\n", "targets", m->targets);
	if (m->pair_rows_one_in > 1 || m->contact_rows_one_in > 1)
		printf(LABEL "pairs of one source in %" PRId64
			     ", contacts of one in %" PRId64 "\n",
				"rows", m->pair_rows_one_in, m->contact_rows_one_in);
}

void
info_summary_text(const struct tt_summary *summary)
{
	const struct tt_summary *s = summary;
	char length[TT_TIME_TEXT_MAX];

	printf("sensor %s\n", s->sensor);
	printf(LABEL "%" PRIu64 ", %" PRIu64 " complete, %" PRIu64 " partial\n",
			"snapshots", s->snapshots, s->snapshots - s->partial, s->partial);
	print_span("time", s->start_us, s->end_us);
	printf(LABEL "%.10g s of %s\n", "observed", seconds(s->observed_us),
			tt_time_format_length(s->end_us - s->start_us, length));
	print_pauses("gaps", &s->gaps, s->sensors);
	print_in_part(&s->in_part, s->sensors);
	print_pauses("missing", &s->missing, 0);
	printf(LABEL, "addresses");
	if (tt_version_is_ipv4(&s->address_time))
		print_addresses(s->least_ipv4, s->most_ipv4, true);
	else
		print_addresses(s->least_addresses, s->most_addresses, false);
	printf(" monitored\n" LABEL "%" PRId64 " packets, %" PRId64 " bytes, of %" PRId64
	       " frames\n",
			"counted", s->packets, s->bytes, s->frames);
	print_backscatter(s->backscatter_packets, s->packets);
	print_rate(s->packets, s->ipv6_packets, &s->address_time, s->observed_us);
	print_detections(s->detections);
	printf(LABEL "at most %" PRIu64 " in one interval", "sources",
			s->max_uniq_src_ip);
	if (s->estimated > 0)
		printf("; estimated in %" PRIu64
		       " snapshot%s, from one source in %" PRId64 " at least",
				s->estimated, s->estimated == 1 ? "" : "s",
				s->max_one_in);
	putchar('\n');
	print_losses(&s->ledger);
	print_notes(&s->ledger);
	if (s->not_closing == 0)
		printf(LABEL "closes\n", "ledger");
	else
		printf(LABEL "does not close in %" PRIu64 " of them\n", "ledger",
				s->not_closing);
}

void
info_manifest_text(const struct tt_manifest *manifest, const struct tt_within *within)
{
	const struct tt_manifest *m = manifest;
	struct tt_version_time time = {0};
	char length[TT_TIME_TEXT_MAX];

	tt_version_time_add(&time, m);
	printf("snapshot of sensor %s\n", m->sensor);
	print_span("time", m->start_us, m->end_us);
	printf(LABEL "%s, nominally %" PRId64 " s, %.10g s observed\n", "interval",
			m->complete ? "complete" : "partial", m->nominal_s,
			seconds(within->observed.us));
	if (m->gap_before_us > 0)
		printf(LABEL "%s before it\n", "gap",
				tt_time_format_length(m->gap_before_us, length));
	if (within->gaps.n > 0)
		print_pauses("gaps within", &within->gaps, within->sensors);
	if (within->in_part.n > 0)
		print_in_part(&within->in_part, within->sensors);
	if (tt_version_is_ipv4(&time))
		printf(LABEL "%s (%" PRId64 " addresses of IPv4)\n", "monitored",
				m->monitored, m->monitored_ipv4);
	else {
		printf(LABEL "%s (", "monitored", m->monitored);
		print_number(m->monitored_addresses);
		puts(" addresses)");
	}
	printf(LABEL "%" PRId64 " packets, %" PRId64 " bytes, of %" PRId64 " frames\n",
			"counted", m->packets, m->bytes, m->frames);
	print_backscatter(m->backscatter_packets, m->packets);
	print_rate(m->packets, m->ipv6_packets < 0 ? 0 : m->ipv6_packets, &time,
			within->observed.us);
	print_sources(m);
	print_detections(m->detections);
	print_losses(&m->ledger);
	print_notes(&m->ledger);
	printf(LABEL "%s\n", "ledger", m->ledger.closes ? "closes" : "does not close");
	printf(LABEL "%s\n" LABEL "%s\n" LABEL "%s\n" LABEL "%s\n", "countries", m->geo,
			"AS numbers", m->asn, "fingerprints", m->fingerprints,
			"signatures", m->signatures);
	printf(LABEL "%s %s on %s, %" PRId64 " worker%s\n", "written by", m->program,
			m->version, m->host, m->workers, m->workers == 1 ? "" : "s");
	for (unsigned i = 0; i < TT_N_TABLES; i++)
		if (tt_manifest_has(m, (enum tt_table)i))
			printf("  %-28s %10" PRId64 " %s %12" PRId64 " bytes\n",
					tt_schema_of((enum tt_table)i)->file,
					m->files[i].rows,
					m->files[i].rows == 1 ? "row " : "rows",
					m->files[i].bytes);
	if (m->packets_file.bytes != 0)
		printf("  %-28s %10" PRId64 " packets %9" PRId64 " bytes\n",
				TT_PACKETS_FILE, m->packets_file.rows,
				m->packets_file.bytes);
}

void
info_manifest_json(const struct tt_manifest *manifest)
{
	char *text = tt_manifest_format(manifest);

	if (text != NULL)
		fputs(text, stdout);
	free(text);
}

static json_t *
pack_time(int64_t us)
{
	char text[TT_TIME_TEXT_MAX];

	return json_string(tt_time_format(us, text));
}

static json_t *
pack_pauses(const struct tt_pauses *pauses)
{
	return json_pack("{s:I s:I}", "n", (json_int_t)pauses->n, "us",
			(json_int_t)pauses->us);
}

static json_t *
pack_summary(const struct tt_summary *s)
{
	json_t *rate = tt_version_time_of(&s->address_time).us > 0
			? json_real(tt_version_rate(&s->address_time,
					(uint64_t)s->packets, (uint64_t)s->ipv6_packets))
			: json_null();
	json_t *ipv6 = s->address_time.untold ? json_null()
					      : json_integer(s->ipv6_packets);

	return json_pack(
			"{s:s s:I s:I s:I s:I s:o s:o s:I s:o s:o s:o s:[I,I] s:[I,I] s:o "
			"s:b s:I s:I s:I s:I s:I s:I s:I s:o s:o}",
			"sensor", s->sensor, "snapshots", (json_int_t)s->snapshots,
			"partial", (json_int_t)s->partial, "estimated",
			(json_int_t)s->estimated, "ledger_not_closing",
			(json_int_t)s->not_closing, "start", pack_time(s->start_us),
			"end", pack_time(s->end_us), "observed_us",
			(json_int_t)s->observed_us, "gaps", pack_pauses(&s->gaps),
			"in_part", pack_pauses(&s->in_part), "missing",
			pack_pauses(&s->missing), "monitored_addresses",
			(json_int_t)s->least_addresses, (json_int_t)s->most_addresses,
			"monitored_ipv4", (json_int_t)s->least_ipv4,
			(json_int_t)s->most_ipv4, "ipv6_packets", ipv6, "rate_of_ipv4",
			(int)tt_version_is_ipv4(&s->address_time), "frames",
			(json_int_t)s->frames, "packets", (json_int_t)s->packets, "bytes",
			(json_int_t)s->bytes, "backscatter_packets",
			(json_int_t)s->backscatter_packets, "detections",
			(json_int_t)s->detections, "max_uniq_src_ip",
			(json_int_t)s->max_uniq_src_ip, "max_sources_one_in",
			(json_int_t)s->max_one_in, "ledger",
			tt_ledger_short_pack(&s->ledger), "packets_per_day_address",
			rate);
}

/* Paths of those that lie within a longer one that is not made of them. */
static json_t *
pack_beside(const struct tt_snapshot_list *list)
{
	json_t *paths = json_array();

	for (size_t i = 0; i < list->n; i++)
		if (list->refs[i].within != NULL)
			json_array_append_new(paths, json_string(list->refs[i].path));
	return paths;
}

void
info_summaries_json(const struct tt_summary *summaries, size_t n,
		const struct tt_snapshot_list *list)
{
	json_t *sensors = json_array();
	json_t *root;

	for (size_t i = 0; i < n; i++)
		json_array_append_new(sensors, pack_summary(&summaries[i]));
	root = json_pack("{s:o s:o}", "sensors", sensors, "beside", pack_beside(list));
	json_dumpf(root, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
	putchar('\n');
	json_decref(root);
}
