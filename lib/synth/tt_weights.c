/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_weights.h"

#include <errno.h>
#include <math.h>

static uint32_t
bucket_width(uint32_t first)
{
	unsigned octave;

	if (first < 32)
		return 1;
	octave = 31 - (unsigned)__builtin_clz(first);
	return UINT32_C(1) << (octave - 4);
}

/* Lays out the ranks and gives each bucket the weight of its middle rank times its width. */
static uint32_t
lay_out(struct tt_weights_bucket *buckets, double *weights, uint32_t n_hosts,
		double exponent)
{
	uint32_t n = 0, first = 0, width;

	for (; first < n_hosts; first += width, n++) {
		TT_ASSERT(n < TT_WEIGHTS_BUCKETS_MAX);
		width = bucket_width(first);
		if (width > n_hosts - first)
			width = n_hosts - first;
		buckets[n] = (struct tt_weights_bucket){.first = first, .n = width};
		weights[n] = width * pow(first + (width + 1) / 2.0, -exponent);
	}
	return n;
}

static uint32_t
to_threshold(double probability)
{
	double scaled = probability * 4294967296.0;

	return scaled >= 4294967295.0 ? UINT32_MAX : (uint32_t)scaled;
}

/* Vose's method: a bucket below the average is filled up from one above it. */
static void
make_aliases(struct tt_weights_bucket *b, double *weights, uint32_t n)
{
	uint32_t small[TT_WEIGHTS_BUCKETS_MAX], large[TT_WEIGHTS_BUCKETS_MAX];
	uint32_t n_small = 0, n_large = 0;
	double sum = 0;

	for (uint32_t i = 0; i < n; i++)
		sum += weights[i];
	for (uint32_t i = 0; i < n; i++) {
		weights[i] *= n / sum;
		b[i].keep = UINT32_MAX;
		b[i].alias = i;
		if (weights[i] < 1)
			small[n_small++] = i;
		else
			large[n_large++] = i;
	}
	while (n_small > 0 && n_large > 0) {
		uint32_t low = small[--n_small], high = large[n_large - 1];

		b[low].keep = to_threshold(weights[low]);
		b[low].alias = high;
		weights[high] -= 1 - weights[low];
		if (weights[high] < 1) {
			n_large--;
			small[n_small++] = high;
		}
	}
}

int
tt_weights_init(struct tt_weights *w, uint32_t n_hosts, double exponent)
{
	struct tt_weights_bucket buckets[TT_WEIGHTS_BUCKETS_MAX];
	double weights[TT_WEIGHTS_BUCKETS_MAX];

	TT_ASSERT(n_hosts >= 1 && n_hosts <= UINT32_C(1) << 24);
	w->n_buckets = lay_out(buckets, weights, n_hosts, exponent);
	make_aliases(buckets, weights, w->n_buckets);
	w->buckets = calloc(w->n_buckets, sizeof(*w->buckets));
	if (w->buckets == NULL)
		return -ENOMEM;
	for (uint32_t i = 0; i < w->n_buckets; i++)
		w->buckets[i] = buckets[i];
	return 0;
}

void
tt_weights_fini(struct tt_weights *w)
{
	free(w->buckets);
	w->buckets = NULL;
}
