/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Payload that comes again. Most of what a darknet is sent are the same few payloads, a worm's above all.
 * For each of the last ones, by port and length, it is remembered what it matches but for the header
 * (tt_signature_settle.h). Where that cannot be known: which rules their patterns found, and of the rules
 * whose header matched what came of their payload options and what these cost. Where the same bytes come
 * again under the same lists, they are not searched, and as long as the same rules are tried in the same
 * order, these are not evaluated either; their steps are taken all the same. So neither what matches nor
 * what is cut short depends on what came before. For the files of lib/signature only; a part of a worker's
 * scratch, which is its alone.
 *
 * Memory: 2.1 KiB for each of TT_SIGNATURE_REPEATS. A payload that is new takes the place of the one that
 * had its port and length, or the same place, once its digest has come twice: payload that does not come
 * again costs no more than that.
 */
#ifndef TT_SIGNATURE_REPEAT_H
#define TT_SIGNATURE_REPEAT_H

#include "tt_signature_eval.h"

#define TT_SIGNATURE_REPEATS      64
#define TT_SIGNATURE_REPEAT_BYTES 1536 /* longer payloads are not remembered */
#define TT_SIGNATURE_REPEAT_FOUND 24
#define TT_SIGNATURE_REPEAT_TRIED 32
#define TT_SIGNATURE_REPEAT_LEFT  16
#define TT_SIGNATURE_REPEAT_WORDS 2

struct tt_signature_repeat {
	uint64_t digest; /* of the last payload that was not the one remembered */
	uint32_t n; /* bytes of payload; 0: nothing is remembered */
	uint32_t class;
	uint32_t lists[2]; /* by side, of the class */
	uint32_t key; /* its port */
	enum {
		TT_SIGNATURE_NOT_YET, /* it came twice, and no more */
		TT_SIGNATURE_SETTLED,
		TT_SIGNATURE_NOT_SETTLED
	} settled;
	/* Where it is settled, the rules that it matches: bits of those of the class's list of any that
	 * the filter still has a say about, and the others in the order of ranks. */
	uint64_t by_filter[TT_SIGNATURE_REPEAT_WORDS];
	uint32_t n_left;
	struct tt_signature_left {
		uint32_t rank    : 31;
		uint32_t certain : 1; /* so does its header */
	} left[TT_SIGNATURE_REPEAT_LEFT];
	uint32_t n_found, n_tried;
	uint32_t found[TT_SIGNATURE_REPEAT_FOUND]; /* ranks, in no order */
	struct tt_signature_tried {
		uint32_t rank;
		uint32_t steps; /* that its payload took */
		uint8_t verifications; /* … 0 or 1 */
		bool matched;
	} tried[TT_SIGNATURE_REPEAT_TRIED]; /* the first, in the order of ranks */
	uint8_t payload[TT_SIGNATURE_REPEAT_BYTES];
};

/* Where a payload is remembered, if it is; NULL for one that is empty or too long. key: its port. */
static inline struct tt_signature_repeat *
tt_signature_repeat_of(struct tt_signature_repeat repeats[TT_SIGNATURE_REPEATS],
		const struct tt_signature_view *v, uint32_t key)
{
	const uint32_t hash = (key * UINT32_C(0x9e3779b1))
			^ (v->payload.n * UINT32_C(0x85ebca6b));

	if (v->payload.n == 0 || v->payload.n > TT_SIGNATURE_REPEAT_BYTES)
		return NULL;
	return &repeats[(hash >> 20) % TT_SIGNATURE_REPEATS];
}

/* Is it remembered, under the same lists? */
static inline bool
tt_signature_repeat_is(const struct tt_signature_repeat *r,
		const struct tt_signature_view *v, const uint32_t lists[2])
{
	return r->n == v->payload.n && r->class == v->class && r->lists[0] == lists[0]
			&& r->lists[1] == lists[1]
			&& memcmp(r->payload, v->payload.at, r->n) == 0;
}

/* Of its first, middle and last bytes; only whether it is worth to remember it depends on it. */
static inline uint64_t
tt_signature_repeat_digest(const struct tt_signature_view *v)
{
	const uint32_t n = v->payload.n, bytes = tt_signature_min(n, sizeof(uint64_t));
	uint64_t first = 0, middle = 0, last = 0;

	memcpy(&first, v->payload.at, bytes);
	memcpy(&middle, v->payload.at + (n - bytes) / 2, bytes);
	memcpy(&last, v->payload.at + n - bytes, bytes);
	return (first ^ middle * UINT64_C(0x9e3779b97f4a7c15)
			       ^ last * UINT64_C(0xbf58476d1ce4e5b9))
			+ n;
}

/* Has it come twice? */
static inline bool
tt_signature_repeat_again(
		struct tt_signature_repeat *r, const struct tt_signature_view *v)
{
	const uint64_t digest = tt_signature_repeat_digest(v);
	const bool again = r->digest == digest;

	r->digest = digest;
	return again;
}

/* Begins to remember it, without anything found. */
static inline void
tt_signature_repeat_begin(struct tt_signature_repeat *r,
		const struct tt_signature_view *v, uint32_t key, const uint32_t lists[2])
{
	r->key = key;
	r->settled = TT_SIGNATURE_NOT_YET;
	r->n = v->payload.n;
	r->class = v->class;
	r->lists[0] = lists[0];
	r->lists[1] = lists[1];
	r->n_found = 0;
	r->n_tried = 0;
	memcpy(r->payload, v->payload.at, v->payload.n);
}

/* A pattern found rules. More than there is room for: nothing is remembered; returns false. */
static inline bool
tt_signature_repeat_add(struct tt_signature_repeat *r, const uint32_t *ranks, uint32_t n)
{
	if (n > TT_SIGNATURE_REPEAT_FOUND - r->n_found) {
		r->n = 0;
		return false;
	}
	memcpy(r->found + r->n_found, ranks, n * sizeof(*ranks));
	r->n_found += n;
	return true;
}

#endif
