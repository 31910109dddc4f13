/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_merge.h"

#include <inttypes.h>

static int
target(void *context, const struct tt_target_row *row, struct tt_error *err)
{
	struct bench_sums *s = context;

	s->targets += row->count.packets;
	s->n_targets++;
	return 0;
}

static int
country(void *context, const struct tt_country_row *row, struct tt_error *err)
{
	((struct bench_sums *)context)->countries += row->count.packets;
	return 0;
}

static int
source(void *context, const struct tt_source_row *row, struct tt_error *err)
{
	struct bench_sums *s = context;

	s->sources += row->count.packets;
	s->n_sources++;
	return 0;
}

static int
talker(void *context, const struct tt_talker_row *row, struct tt_error *err)
{
	((struct bench_sums *)context)->talkers += row->packets;
	return 0;
}

static int
destination(void *context, const struct tt_destination_row *row, struct tt_error *err)
{
	((struct bench_sums *)context)->destinations += row->packets;
	return 0;
}

static int
victim(void *context, const struct tt_victim_row *row, struct tt_error *err)
{
	((struct bench_sums *)context)->victims += row->count.packets;
	return 0;
}

static int
distribution(void *context, const struct tt_distribution_row *row, struct tt_error *err)
{
	struct bench_sums *s = context;

	s->ttl += row->distribution == TT_DIST_TTL ? row->count.packets : 0;
	s->n_rows++;
	return 0;
}

static int
source_port(void *context, const struct tt_source_port_row *row, struct tt_error *err)
{
	((struct bench_sums *)context)->n_rows++;
	return 0;
}

static int
sketch(void *context, const struct tt_sketch_row *row, struct tt_error *err)
{
	((struct bench_sums *)context)->n_rows++;
	return 0;
}

struct tt_merge_sink
bench_merge_sink(struct bench_sums *sums)
{
	*sums = (struct bench_sums){0};
	return (struct tt_merge_sink){
			.context = sums,
			.target = target,
			.country = country,
			.source = source,
			.talker = talker,
			.destination = destination,
			.victim = victim,
			.distribution = distribution,
			.source_port = source_port,
			.sketch = sketch,
	};
}

/* Returns 1 or 0: all are told, since none is left out behind one that fails. */
static unsigned
is(const char *what, uint64_t is, uint64_t should_be)
{
	if (is != should_be)
		fprintf(stderr, "bench_merge: %s: %" PRIu64 ", not %" PRIu64 "\n", what,
				is, should_be);
	return is == should_be;
}

bool
bench_merge_check(const struct bench_sums *s, const struct tt_totals *totals,
		uint64_t packets)
{
	/* What is not kept is in no row of a source. */
	uint64_t kept = packets - totals->pairs.packets;
	bool exact = totals->pairs.packets == 0;

	return is("totals", totals->count.packets, packets)
			& is("targets", s->targets, packets)
			& is("countries", s->countries, packets)
			& is("talkers", s->talkers, packets)
			& is("destinations", s->destinations, packets)
			& is("ttl", s->ttl, packets) & is("sources", s->sources, kept)
			& (!exact
					|| is("victims", s->victims,
							totals->backscatter_packets));
}
