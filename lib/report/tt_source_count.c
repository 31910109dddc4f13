/* SPDX-License-Identifier: BSD-3-Clause */
/* Numbers of sources, from what a set of them has kept. */
#include "tt_sketch.h"
#include "tt_source_set.h"

#include <math.h>
#include <string.h>

/* Sources kept of a target. */
struct kept {
	uint64_t known; /* at all */
	uint64_t whole; /* by a snapshot that has all sources */
	uint64_t fresh; /* by others alone, in their sample */
};

/* What is known of a target in some slices, of all countries. */
struct bounds {
	uint64_t packets, least, most;
	unsigned shift; /* of the sample: no finer than that of any slice */
	uint64_t whole; /* slices in which what is whole still is */
	bool uncounted, unsketched;
	uint8_t registers[1 << TT_SOURCE_SKETCH_P];
};

struct estimate {
	double n, error;
	bool there;
};

/* Of a target that is full, sources that had a name alone are gone, and not as a sample: then the snapshot is one with a sample, too. */
static void
bound(const struct tt_source_set *set, uint32_t of, uint64_t spans, struct bounds *b)
{
	const struct tt_source_target *t = &set->targets[of];

	*b = (struct bounds){.shift = t->shift, .unsketched = !set->sketches};
	for (unsigned i = 0; i < TT_SOURCE_SPANS; i++) {
		const struct tt_source_slice *slice = &t->slices[i];

		if ((spans >> i & 1) == 0)
			continue;
		b->packets += slice->packets;
		b->least = slice->least > b->least ? slice->least : b->least;
		b->most += slice->most;
		b->shift = slice->shift > b->shift ? slice->shift : b->shift;
		if (t->shift == 0 || slice->named_shift == 0)
			b->whole |= UINT64_C(1) << i;
		else if (slice->named_shift > b->shift)
			b->shift = slice->named_shift;
		b->uncounted = b->uncounted || slice->uncounted;
		b->unsketched = b->unsketched || slice->unsketched;
		if (slice->registers != NULL)
			tt_sketch_merge(b->registers, slice->registers,
					(size_t)1 << TT_SOURCE_SKETCH_P);
	}
}

static void
keep(struct kept *kept, const struct tt_kept_source *x, uint64_t spans, uint64_t whole,
		unsigned shift)
{
	if ((x->spans & spans) == 0)
		return;
	kept->known++;
	if ((x->whole & whole) != 0)
		kept->whole++;
	else if (x->sample_bits >= shift)
		kept->fresh++;
}

/* The variance of a number that was scaled by k, as docs/snapshot-format.md has it. */
static double
variance(double n, double k)
{
	return (n > k ? n : k) * (k - 1);
}

/* own: the shift of the target, at which all its sources are kept. */
static struct estimate
of_sample(const struct kept *kept, unsigned own, unsigned shift)
{
	double k_own = (double)(UINT64_C(1) << own), k = (double)(UINT64_C(1) << shift);
	double whole = (double)kept->whole * k_own, fresh = (double)kept->fresh * k;

	if (own == shift)
		return (struct estimate){
				whole + fresh, sqrt(variance(whole + fresh, k)), true};
	return (struct estimate){whole + fresh,
			sqrt(whole * (k_own - 1) + variance(fresh, k)), true};
}

static struct estimate
of_sketch(const struct bounds *b)
{
	double n = tt_sketch_estimate(b->registers, TT_SOURCE_SKETCH_P);

	return (struct estimate){n, n * tt_sketch_error(TT_SOURCE_SKETCH_P),
			!b->unsketched && n > 0};
}

static struct tt_source_count
rounded(const struct estimate *e, uint64_t least, uint64_t most)
{
	struct tt_source_count count = {.n = (uint64_t)(e->n + 0.5),
			.stderr_n = (uint64_t)ceil(e->error),
			.error = e->error};

	count.n = count.n < least ? least : count.n > most ? most : count.n;
	return count;
}

/* b: of the target, whatever the country; anywhere: is that what is counted? */
static struct tt_source_count
judge(const struct tt_source_target *t, const struct kept *kept, const struct bounds *b,
		bool anywhere)
{
	uint64_t least = kept->known, most = UINT64_MAX;
	struct estimate sample, sketch = {0};

	if (b->shift == 0)
		return (struct tt_source_count){.n = kept->known};
	if (anywhere) {
		uint64_t some = b->packets > 0;

		least = b->least > least ? b->least : least;
		least = some > least ? some : least;
		most = b->packets > 0 ? b->packets : most;
		if (b->packets > 0 && !b->uncounted && b->most < most)
			most = b->most;
		sketch = of_sketch(b);
	}
	if (least >= most)
		return (struct tt_source_count){.n = least};
	sample = of_sample(kept, t->shift, b->shift);
	if (!t->mixed && (!sketch.there || sample.error <= sketch.error))
		return rounded(&sample, least, most);
	if (sketch.there)
		return rounded(&sketch, least, most);
	return (struct tt_source_count){.n = least, .unknown = true};
}

struct tt_source_count
tt_source_set_count(const struct tt_source_set *set, uint32_t of, uint64_t spans,
		uint16_t country)
{
	struct kept kept = {0};
	struct bounds b;

	if (of >= set->n_targets)
		return (struct tt_source_count){0};
	bound(set, of, spans, &b);
	for (size_t i = 0; set->targets[of].n > 0 && i < set->n; i++)
		if (set->all[i].of == of
				&& (country == TT_SOURCES_ANYWHERE
						|| set->all[i].country == country))
			keep(&kept, &set->all[i], spans, b.whole, b.shift);
	return judge(&set->targets[of], &kept, &b, country == TT_SOURCES_ANYWHERE);
}

/* Counts come in the order of targets; the sources are gone through once. */
void
tt_source_set_count_all(const struct tt_source_set *set, uint64_t spans,
		struct tt_source_count *counts, size_t n)
{
	struct kept *kept = calloc(n + 1, sizeof(*kept));
	struct bounds *bounds = calloc(n + 1, sizeof(*bounds));
	bool there = kept != NULL && bounds != NULL;

	memset(counts, 0, n * sizeof(*counts));
	n = n < set->n_targets ? n : set->n_targets;
	for (size_t of = 0; there && of < n; of++)
		bound(set, (uint32_t)of, spans, &bounds[of]);
	for (size_t i = 0; there && i < set->n; i++) {
		const struct tt_kept_source *x = &set->all[i];

		if (x->of < n)
			keep(&kept[x->of], x, spans, bounds[x->of].whole,
					bounds[x->of].shift);
	}
	for (size_t of = 0; of < n; of++) {
		if (there)
			counts[of] = judge(
					&set->targets[of], &kept[of], &bounds[of], true);
		else
			counts[of].unknown = true;
	}
	free(kept);
	free(bounds);
}
