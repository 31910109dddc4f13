/* SPDX-License-Identifier: BSD-3-Clause */
/* The plain twin of sieving, and which variants there are. */
#include "tt_signature_private.h"
#include "tt_signature_sieve.h"

#define FIELDS TT_SIGNATURE_SIEVE_FIELDS

enum {
	AVX512,
	AVX2
};

static bool
runs(unsigned i)
{
#ifdef __x86_64__
	if (i == AVX512)
		return __builtin_cpu_supports("avx512bw")
				&& __builtin_cpu_supports("avx512vbmi");
	return __builtin_cpu_supports("avx2");
#else
	return false;
#endif
}

tt_signature_sieve_function *
tt_signature_sieve_variant(unsigned i, unsigned *bits)
{
	static const struct {
		tt_signature_sieve_function *sieve;
		unsigned bits;
	} variants[TT_SIGNATURE_SIEVE_VARIANTS] = {
			[AVX512] = {tt_signature_sieve_avx512, 512},
			[AVX2] = {tt_signature_sieve_avx2, 256}};

	if (bits != NULL)
		*bits = variants[i].bits;
	return runs(i) ? variants[i].sieve : NULL;
}

tt_signature_sieve_function *
tt_signature_sieve_pick(unsigned simd_bits)
{
	for (unsigned i = 0; i < TT_SIGNATURE_SIEVE_VARIANTS; i++) {
		unsigned bits;
		tt_signature_sieve_function *sieve = tt_signature_sieve_variant(i, &bits);

		if (sieve != NULL && bits <= simd_bits)
			return sieve;
	}
	return NULL;
}

/* What of a sieve's groups the i-th packet leaves, which is plain. */
static void
sieve_one(struct tt_signature_sieved *sieved, unsigned i,
		const struct tt_signature_sieve *s, const uint8_t *frame)
{
	static const uint8_t places[FIELDS] = {[TT_SIGNATURE_SIEVE_TTL] = TT_PLAIN_IP + 8,
			[TT_SIGNATURE_SIEVE_SRC] = TT_PLAIN_IP + 12,
			[TT_SIGNATURE_SIEVE_DST] = TT_PLAIN_IP + 16,
			[TT_SIGNATURE_SIEVE_SRC_PORT] = TT_PLAIN_L4,
			[TT_SIGNATURE_SIEVE_DST_PORT] = TT_PLAIN_L4 + 2,
			[TT_SIGNATURE_SIEVE_DST_PORT_LOW] = TT_PLAIN_L4 + 3,
			[TT_SIGNATURE_SIEVE_SEQ] = TT_PLAIN_L4 + 7,
			[TT_SIGNATURE_SIEVE_SEQ_SECOND] = TT_PLAIN_L4 + 6,
			[TT_SIGNATURE_SIEVE_SEQ_HIGH] = TT_PLAIN_L4 + 4,
			[TT_SIGNATURE_SIEVE_WINDOW] = TT_PLAIN_L4 + 14,
			[TT_SIGNATURE_SIEVE_WINDOW_LOW] = TT_PLAIN_L4 + 15};
	unsigned first = 0xff, second = 0xff;

	for (unsigned k = 0; k < FIELDS; k++) {
		const uint8_t v = frame[places[k]];

		first &= s->low[k][0][v % 16] & s->high[k][0][v / 16];
		second &= s->low[k][1][v % 16] & s->high[k][1][v / 16];
	}
	sieved->ports |= (uint64_t)((second & TT_SIGNATURE_SIEVE_PORTS) != 0) << i;
	sieved->others |= (uint64_t)((first | (second & ~TT_SIGNATURE_SIEVE_PORTS)) != 0)
			<< i;
}

/* Is a plain packet's length in its frame? It is 0 where a network card left segmenting to others. */
static bool
has_length(const uint8_t *frame)
{
	return tt_load_be16(frame + TT_PLAIN_IP + 2) != 0;
}

void
tt_signature_sieve_ref(struct tt_signature_sieved *sieved,
		const struct tt_signature_group *tcp, const struct tt_packet *packets,
		const uint8_t *const *frames, unsigned n)
{
	*sieved = (struct tt_signature_sieved){0};
	for (unsigned i = 0; i < n; i++) {
		const struct tt_packet *p = &packets[i];
		const struct tt_signature_sieve *s = tcp->sieve_of[p->tcp_flags & 0xff];

		if (s == NULL || !tt_signature_is_usual(p)
				|| !tt_signature_usual_is_plain(p, frames[i])
				|| !has_length(frames[i])
				|| p->src.lo >> 24 == p->dst.lo >> 24)
			sieved->others |= UINT64_C(1) << i;
		else
			sieve_one(sieved, i, s, frames[i]);
	}
}
