/* SPDX-License-Identifier: BSD-3-Clause */
/* All rows that a merge gives, as structs and as text; a sink of every kind. */
#ifndef MERGE_OUTPUT_H
#define MERGE_OUTPUT_H

#include "tt_merge.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>

/* Every kind of row: the sink's name, the struct. */
#define KINDS(X)                                         \
	X(target, tt_target_row)                         \
	X(country, tt_country_row)                       \
	X(source, tt_source_row)                         \
	X(source_fingerprint, tt_source_fingerprint_row) \
	X(fingerprint, tt_fingerprint_row)               \
	X(rule, tt_rule_row)                             \
	X(source_port, tt_source_port_row)               \
	X(talker, tt_talker_row)                         \
	X(destination, tt_destination_row)               \
	X(backscatter, tt_backscatter_row)               \
	X(victim, tt_victim_row)                         \
	X(distribution, tt_distribution_row)             \
	X(sketch, tt_sketch_row)

#define ROWS_OF(name, type)        \
	struct {                   \
		struct type *rows; \
		size_t n, room;    \
	} name;

/* What a merge gave. key: of each line, ascending as text within a kind. */
struct output {
	KINDS(ROWS_OF)
	struct tt_totals totals;
	FILE *out;
	char *text;
	size_t size;
};

#define PUT(format, ...) fprintf(o->out, format, __VA_ARGS__)
#define X64              "%016" PRIx64

static inline void
put_target(struct output *o, struct tt_target t)
{
	PUT(" %02x.%05x.%02x", t.protocol, t.number + 1, t.code);
}

static inline void
put_addr(struct output *o, struct tt_addr a)
{
	PUT(" " X64 "." X64, a.hi, a.lo);
}

static inline void
put_count(struct output *o, struct tt_count c)
{
	PUT(" %" PRIu64 " %" PRIu64, c.packets, c.bytes);
}

static inline void
print_target(struct output *o, const struct tt_target_row *r)
{
	PUT(" %02x.%05x.%02x", r->target.protocol, r->target.number + 1, r->target.code);
	PUT(" %02u %d %03u |", r->class, r->backscatter, r->country);
	put_count(o, r->count);
	put_count(o, r->ipv6);
	PUT(" %" PRIu64 " %" PRIu64 " %d", r->uniq_src_ip, r->uniq_src_ip_target,
			r->first);
}

static inline void
print_country(struct output *o, const struct tt_country_row *r)
{
	PUT(" %03u %02u %d |", r->country, r->class, r->backscatter);
	put_count(o, r->count);
	PUT(" %" PRIu64 " %" PRIu64, r->uniq_src_ip, r->uniq_src_ip_country);
}

static inline void
print_source(struct output *o, const struct tt_source_row *r)
{
	put_addr(o, r->src);
	PUT(" | %u %u", r->country, r->asn);
	put_count(o, r->count);
	PUT(" %" PRIu64 " %" PRIu64 " %" PRIu64 " %x %x %" PRId64 " %" PRId64 " %u",
			r->backscatter_packets, r->targets, r->destinations, r->classes,
			r->fingerprints, r->first_us, r->last_us, r->returning);
}

static inline void
print_source_fingerprint(struct output *o, const struct tt_source_fingerprint_row *r)
{
	put_addr(o, r->src);
	PUT(" %02u | %" PRIu64 " %" PRIu64 " %d", r->rule, r->packets, r->tested,
			r->carried);
}

static inline void
print_fingerprint(struct output *o, const struct tt_fingerprint_row *r)
{
	PUT(" %02u %d", r->rule, r->rest);
	put_target(o, r->target);
	PUT(" %02u |", r->class);
	put_count(o, r->count);
	PUT(" %" PRIu64, r->uniq_src_ip);
}

static inline void
print_rule(struct output *o, const struct tt_rule_row *r)
{
	PUT(" %02u | %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, r->rule,
			r->tested, r->matched, r->sources, r->carriers,
			r->carrier_packets);
}

static inline void
print_source_port(struct output *o, const struct tt_source_port_row *r)
{
	put_target(o, r->target);
	PUT(" %02u %d " X64 " %05u | %" PRIu64, r->class, r->source_port < 0, ~r->packets,
			(unsigned)(r->source_port + 1), r->packets);
}

static inline void
print_talker(struct output *o, const struct tt_talker_row *r)
{
	put_target(o, r->target);
	PUT(" %02u %d " X64, r->class, r->rest, ~r->packets);
	put_addr(o, r->src);
	PUT(" | %" PRIu64, r->packets);
}

static inline void
print_destination(struct output *o, const struct tt_destination_row *r)
{
	PUT(" %08x %02u | %" PRIu64 " %" PRIu64 " %" PRIu64, r->unit, r->class,
			r->packets, r->uniq_src_ip, r->uniq_src_ip_destination);
}

static inline void
print_backscatter(struct output *o, const struct tt_backscatter_row *r)
{
	put_target(o, r->target);
	PUT(" %02u", r->class);
	put_target(o, r->attacked);
	PUT(" | %" PRIu64, r->uniq_src_ip);
	put_count(o, r->count);
}

static inline void
print_victim(struct output *o, const struct tt_victim_row *r)
{
	put_addr(o, r->src);
	put_target(o, r->attacked);
	PUT(" %02u | %u %" PRId64 " %" PRId64, r->class, r->country, r->first_us,
			r->last_us);
	put_count(o, r->count);
}

static inline void
print_distribution(struct output *o, const struct tt_distribution_row *r)
{
	PUT(" %02u %02u %05u |", r->distribution, r->class, r->value);
	put_count(o, r->count);
}

static inline void
print_sketch(struct output *o, const struct tt_sketch_row *r)
{
	PUT(" %u %06u %05u | %u %u", r->kind, r->key, r->reg, r->p, r->rho);
}

#define TAKE(name, type)                                                             \
	static inline int take_##name(                                               \
			void *context, const struct type *row, struct tt_error *err) \
	{                                                                            \
		struct output *o = context;                                          \
                                                                                     \
		if (o->name.n == o->name.room) {                                     \
			o->name.room = o->name.room * 2 + 64;                        \
			o->name.rows = realloc(o->name.rows,                         \
					o->name.room * sizeof(*o->name.rows));       \
		}                                                                    \
		o->name.rows[o->name.n++] = *row;                                    \
		fprintf(o->out, #name);                                              \
		print_##name(o, row);                                                \
		fprintf(o->out, "\n");                                               \
		return 0;                                                            \
	}
KINDS(TAKE)

#define TAKE_INTO(name, type) .name = take_##name,
#define FREE_ROWS(name, type) free(o->name.rows);

static inline void
free_output(struct output *o)
{
	KINDS(FREE_ROWS)
	free(o->text);
	free(o);
}

#endif
