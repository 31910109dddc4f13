/* SPDX-License-Identifier: BSD-3-Clause */
#include "measures_rows.h"

#include "measures_facts.h"

#include <string.h>

static const struct {
	const char *name;
	const char *fields[ROWS_FIELDS + 1];
} tables[ROWS_N_TABLES] = {
		[ROWS_TARGETS] = {"targets",
				{"protocol", "number", "code", "class", "backscatter",
						"country", "packets", "bytes",
						"uniq_src_ip", "uniq_src_ip_target",
						"first", "ipv6_packets", "ipv6_bytes"}},
		[ROWS_COUNTRIES] = {"countries",
				{"country", "class", "backscatter", "packets", "bytes",
						"uniq_src_ip", "uniq_src_ip_country"}},
		[ROWS_SOURCES] = {"sources",
				{"src_hi", "src_lo", "country", "asn", "packets", "bytes",
						"backscatter_packets", "targets",
						"destinations", "destinations_error",
						"classes", "fingerprints", "first_us",
						"last_us", "returning"}},
		[ROWS_SOURCE_FINGERPRINTS] = {"source_fingerprints",
				{"src_hi", "src_lo", "rule", "packets", "tested",
						"carried"}},
		[ROWS_FINGERPRINTS] = {"fingerprints",
				{"rule", "protocol", "number", "code", "class", "rest",
						"packets", "bytes", "uniq_src_ip"}},
		[ROWS_RULES] = {"fingerprint_rules",
				{"rule", "tested", "matched", "sources", "carriers",
						"carrier_packets"}},
		[ROWS_SOURCE_PORTS] = {"source_ports",
				{"protocol", "number", "code", "class", "source_port",
						"packets"}},
		[ROWS_TALKERS] = {"talkers",
				{"protocol", "number", "code", "class", "rest", "src_hi",
						"src_lo", "packets"}},
		[ROWS_DESTINATIONS] = {"destinations",
				{"unit", "class", "packets", "uniq_src_ip",
						"uniq_src_ip_destination"}},
		[ROWS_BACKSCATTER] = {"backscatter",
				{"protocol", "type", "code", "class", "attacked_protocol",
						"attacked_number", "packets", "bytes",
						"uniq_src_ip"}},
		[ROWS_VICTIMS] = {"victims",
				{"src_hi", "src_lo", "country", "attacked_protocol",
						"attacked_number", "class", "packets",
						"bytes", "first_us", "last_us"}},
		[ROWS_DISTRIBUTIONS] = {"distributions",
				{"distribution", "class", "value", "packets", "bytes"}},
		[ROWS_SKETCHES] = {"sketches",
				{"kind", "key", "register", "precision", "rho"}},
		[ROWS_PAIRS] = {"pairs",
				{"src_hi", "src_lo", "country", "key", "detail",
						"packets", "bytes", "sample_bits"}},
		[ROWS_CONTACTS] = {"contacts",
				{"src_hi", "src_lo", "unit", "host", "class", "packets",
						"sample_bits"}},
		[ROWS_TOTALS] = {"totals",
				{"packets", "bytes", "backscatter_packets", "uniq_src_ip",
						"uniq_src_ip_returning", "uniq_dst_ip",
						"targets", "targets_first",
						"sources_one_in", "contacts_one_in",
						"returning_one_in", "recall_since_us",
						"pair_rows_one_in", "contact_rows_one_in",
						"pairs_not_kept", "contacts_not_kept",
						"ports_not_kept", "slices_not_kept",
						"talkers_not_kept", "sketches_not_kept"}},
		[ROWS_FRAMES] = {"frames",
				{"frames", "frame_bytes", "late", "first_us", "last_us",
						"counted", "outgoing", "not_monitored",
						"arp", "not_ip", "unknown_link_type",
						"too_deep", "truncated_link",
						"truncated_ip", "truncated_transport",
						"bad_ip_version", "bad_ip_header",
						"bad_transport"}},
};

const char *
rows_table_name(enum rows_table table)
{
	return tables[table].name;
}

const char *
rows_field_name(enum rows_table table, unsigned field)
{
	return tables[table].fields[field];
}

unsigned
rows_field(enum rows_table table, const char *name)
{
	for (unsigned i = 0; tables[table].fields[i] != NULL; i++)
		if (strcmp(tables[table].fields[i], name) == 0)
			return i;
	fprintf(stderr, "no field %s in %s\n", name, tables[table].name);
	abort();
}

static int
add(void *context, enum rows_table table, const struct row_values *values)
{
	struct rows *rows = context;

	rows->tables[table].list = check_grow(rows->tables[table].list,
			&rows->tables[table].room, rows->tables[table].n,
			sizeof(*values));
	rows->tables[table].list[rows->tables[table].n++] = *values;
	return 0;
}

#define ADD(table, ...) add(context, table, &(struct row_values){{__VA_ARGS__}})
#define TARGET(t)       (t).protocol, (uint64_t)(int64_t)(t).number, (t).code
#define SOURCE(a)       (a).hi, (a).lo
#define COUNT(c)        (c).packets, (c).bytes

static int
add_target(void *context, const struct tt_target_row *r, struct tt_error *err)
{
	return ADD(ROWS_TARGETS, TARGET(r->target), r->class, r->backscatter, r->country,
			COUNT(r->count), r->uniq_src_ip, r->uniq_src_ip_target, r->first,
			COUNT(r->ipv6));
}

static int
add_country(void *context, const struct tt_country_row *r, struct tt_error *err)
{
	return ADD(ROWS_COUNTRIES, r->country, r->class, r->backscatter, COUNT(r->count),
			r->uniq_src_ip, r->uniq_src_ip_country);
}

static int
add_source(void *context, const struct tt_source_row *r, struct tt_error *err)
{
	return ADD(ROWS_SOURCES, SOURCE(r->src), r->country, r->asn, COUNT(r->count),
			r->backscatter_packets, r->targets, r->destinations,
			r->destinations_error, r->classes, r->fingerprints,
			(uint64_t)r->first_us, (uint64_t)r->last_us, r->returning);
}

static int
add_source_fingerprint(void *context, const struct tt_source_fingerprint_row *r,
		struct tt_error *err)
{
	return ADD(ROWS_SOURCE_FINGERPRINTS, SOURCE(r->src), r->rule, r->packets,
			r->tested, r->carried);
}

static int
add_fingerprint(void *context, const struct tt_fingerprint_row *r, struct tt_error *err)
{
	return ADD(ROWS_FINGERPRINTS, r->rule, TARGET(r->target), r->class, r->rest,
			COUNT(r->count), r->uniq_src_ip);
}

static int
add_rule(void *context, const struct tt_rule_row *r, struct tt_error *err)
{
	return ADD(ROWS_RULES, r->rule, r->tested, r->matched, r->sources, r->carriers,
			r->carrier_packets);
}

static int
add_source_port(void *context, const struct tt_source_port_row *r, struct tt_error *err)
{
	return ADD(ROWS_SOURCE_PORTS, TARGET(r->target), r->class,
			(uint64_t)(int64_t)r->source_port, r->packets);
}

static int
add_talker(void *context, const struct tt_talker_row *r, struct tt_error *err)
{
	return ADD(ROWS_TALKERS, TARGET(r->target), r->class, r->rest, SOURCE(r->src),
			r->packets);
}

static int
add_destination(void *context, const struct tt_destination_row *r, struct tt_error *err)
{
	return ADD(ROWS_DESTINATIONS, r->unit, r->class, r->packets, r->uniq_src_ip,
			r->uniq_src_ip_destination);
}

static int
add_backscatter(void *context, const struct tt_backscatter_row *r, struct tt_error *err)
{
	return ADD(ROWS_BACKSCATTER, TARGET(r->target), r->class, r->attacked.protocol,
			(uint64_t)(int64_t)r->attacked.number, COUNT(r->count),
			r->uniq_src_ip);
}

static int
add_victim(void *context, const struct tt_victim_row *r, struct tt_error *err)
{
	return ADD(ROWS_VICTIMS, SOURCE(r->src), r->country, r->attacked.protocol,
			(uint64_t)(int64_t)r->attacked.number, r->class, COUNT(r->count),
			(uint64_t)r->first_us, (uint64_t)r->last_us);
}

static int
add_distribution(void *context, const struct tt_distribution_row *r, struct tt_error *err)
{
	return ADD(ROWS_DISTRIBUTIONS, r->distribution, r->class, r->value,
			COUNT(r->count));
}

static int
add_sketch(void *context, const struct tt_sketch_row *r, struct tt_error *err)
{
	return ADD(ROWS_SKETCHES, r->kind, r->key, r->reg, r->p, r->rho);
}

static int
add_pair(void *context, const struct tt_pair_row *r, struct tt_error *err)
{
	/* Whether a source is IPv6 is the tallies' own mark. */
	return ADD(ROWS_PAIRS, SOURCE(r->src), r->country, r->key,
			r->detail & ~TT_DETAIL_V6, COUNT(r->count), r->sample_bits);
}

static int
add_contact(void *context, const struct tt_contact_row *r, struct tt_error *err)
{
	return ADD(ROWS_CONTACTS, SOURCE(r->src), r->unit, r->host, r->class, r->packets,
			r->sample_bits);
}

struct tt_merge_sink
rows_sink(struct rows *rows)
{
	for (unsigned i = 0; i < ROWS_N_TABLES; i++)
		rows->tables[i].n = 0;
	return (struct tt_merge_sink){rows, add_target, add_country, add_source,
			add_source_fingerprint, add_fingerprint, add_rule,
			add_source_port, add_talker, add_destination, add_backscatter,
			add_victim, add_distribution, add_sketch, add_pair, add_contact};
}

void
rows_totals(struct rows *rows)
{
	const struct tt_totals *t = &rows->totals;
	struct row_values frames;
	void *context = rows;

	_Static_assert(5 + TT_N_FATES == 18, "a name for every fate");
	ADD(ROWS_TOTALS, COUNT(t->count), t->backscatter_packets, t->uniq_src_ip,
			t->uniq_src_ip_returning, t->uniq_dst_ip, t->targets,
			t->targets_first, t->sources_one_in, t->contacts_one_in,
			t->returning_one_in, (uint64_t)t->recall_since_us,
			t->pair_rows_one_in, t->contact_rows_one_in, t->pairs.packets,
			t->contacts.packets, t->ports.packets, t->slices.packets,
			t->talkers.packets, t->sketches.keys);
	frames = (struct row_values){{t->frames, t->frame_bytes, t->late,
			(uint64_t)t->first_us, (uint64_t)t->last_us}};
	for (unsigned i = 0; i < TT_N_FATES; i++)
		frames.v[5 + i] = t->fates[i];
	add(context, ROWS_FRAMES, &frames);
}

void
rows_fini(struct rows *rows)
{
	for (unsigned i = 0; i < ROWS_N_TABLES; i++)
		free(rows->tables[i].list);
	*rows = (struct rows){0};
}

static void
print_row(const char *whose, enum rows_table table, const struct rows *rows, size_t at)
{
	fprintf(stderr, "  %s:", whose);
	if (at >= rows->tables[table].n)
		fprintf(stderr, " no such row");
	else
		for (unsigned i = 0; tables[table].fields[i] != NULL; i++)
			fprintf(stderr, " %s %lld", tables[table].fields[i],
					(long long)rows->tables[table].list[at].v[i]);
	fprintf(stderr, "\n");
}

static bool
differ(const char *where, enum rows_table table, const struct rows *got,
		const struct rows *want, size_t at, const char *field)
{
	fprintf(stderr, "%s: %s, row %zu: %s is not as the reference has it\n", where,
			tables[table].name, at, field);
	print_row("got", table, got, at);
	print_row("reference", table, want, at);
	return false;
}

bool
rows_same(enum rows_table table, const struct rows *got, const struct rows *want,
		const char *where)
{
	size_t n = got->tables[table].n, m = want->tables[table].n;

	for (size_t at = 0; at < n && at < m; at++) {
		const struct row_values *a = &got->tables[table].list[at];
		const struct row_values *b = &want->tables[table].list[at];

		for (unsigned i = 0; tables[table].fields[i] != NULL; i++)
			if (a->v[i] != b->v[i])
				return differ(where, table, got, want, at,
						tables[table].fields[i]);
	}
	return n == m
			|| differ(where, table, got, want, n < m ? n : m,
					"the number of rows");
}
