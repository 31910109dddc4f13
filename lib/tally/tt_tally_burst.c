/* SPDX-License-Identifier: BSD-3-Clause */
/* Packets into a tally, staged in bursts; tt_tally_ref.c defines the result. */
#include "tt_some.h"
#include "tt_tally_packet.h"
#include "tt_tally_sums.h"

/* A burst on its way through the passes. */
struct burst {
	struct tt_tally *tally;
	const struct tt_packet *packets;
	const tt_target_key *keys;
	const int64_t *times_us;
	const tt_detail *details;
	const uint64_t *places; /* of pairs, with their fingerprints */
	const uint32_t *numbers; /* of pairs, most likely */
	bool some_kept; /* those that have a place are in kept; else all have one */
	struct tt_some kept;
};

/* Puts those off that can be, with their destinations, and counts the others. counted: which these are. */
static __attribute__((noinline)) void
count_refused(const struct burst *b, const struct tt_some *refused,
		struct tt_some *counted)
{
	struct tt_rest_pair rest[TT_TALLY_BURST];
	unsigned n = 0;

	if (b->tally->waiting->refused_open != TT_NO_PART)
		tt_tally_catch_up_refused(b->tally, b->tally->waiting->refused_open);
	for (unsigned k = 0; k < refused->n; k++) {
		const unsigned i = refused->at[k];
		const struct tt_packet *p = &b->packets[i];
		const uint32_t row = tt_row_index(b->keys[i], b->details[i]);

		if (TT_UNLIKELY(!tt_refused_can_wait(p->src, row, p->ip_bytes))) {
			tt_some_note(counted, i, true);
			rest[n++] = tt_tally_refuse(b->tally, p, b->keys[i],
					tt_tally_with_version(b->details[i], p));
			continue;
		}
		b->tally->pairs_lost.packets++;
		tt_tally_put_refused_off(b->tally,
				tt_refused_update(p->src, tt_target_key_class(b->keys[i]),
						row, b->details[i], p->ip_bytes,
						tt_refused_destination(p->dst)));
	}
	tt_rest_add_pairs(&b->tally->rest, rest, n);
}

/* Takes `out` from `of`; both ascend, and `of` has all of them. */
static void
leave_out(struct tt_some *of, const struct tt_some *out)
{
	unsigned n = 0;

	for (unsigned k = 0, o = 0; k < of->n; k++) {
		const bool left = o < out->n && of->at[k] == out->at[o];

		of->at[n] = of->at[k];
		n += !left;
		o += left;
	}
	of->n = n;
}

/* A contact that is not sampled. Out of the way: most are. */
static __attribute__((noinline)) void
refuse_contact(const struct burst *b, unsigned i, struct tt_rest_contact *out)
{
	out->src = b->packets[i].src;
	out->dst = b->packets[i].dst;
	out->class = tt_target_key_class(b->keys[i]);
	out->packets = 1;
}

/* Puts contacts off; those that are not sampled go to the rest. */
static void
put_contacts_off(const struct burst *b, const struct tt_some *some)
{
	struct tt_tally *t = b->tally;
	struct tt_rest_contact out[TT_TALLY_BURST];
	unsigned n_out = 0;

	for (unsigned k = 0; k < some->n; k++) {
		const unsigned i = some->at[k];
		const struct tt_packet *p = &b->packets[i];
		const uint64_t to = tt_tally_contact_key(t, p, b->keys[i]);
		const uint64_t home = tt_tally_contact_place(t, p->src, to);

		if (TT_UNLIKELY(home == TT_NO_PLACE))
			refuse_contact(b, i, &out[n_out++]);
		else if (TT_LIKELY((to & TT_CONTACT_V6) == 0))
			tt_tally_put_contact_off(t, p->src, to, home, 1);
		else
			tt_tally_put_contact6_off(t, p->src, to, home);
	}
	t->contacts_lost.packets += n_out;
	tt_rest_add_contacts(&t->rest, out, n_out);
}

static void
count_contacts(const struct burst *b, const struct tt_some *some)
{
	struct tt_contact_place places[TT_TALLY_BURST];

	if (tt_tally_puts_contacts_off(b->tally)) {
		put_contacts_off(b, some);
		return;
	}
	for (unsigned k = 0; k < some->n; k++) {
		const unsigned i = some->at[k];

		places[k] = tt_tally_place_contact(b->tally, &b->packets[i], b->keys[i]);
	}
	tt_tally_add_contacts(b->tally, places, some->n);
}

static void
count_ports(const struct burst *b, const struct tt_some *some)
{
	struct tt_port_places places;
	unsigned n_busy = 0;

	for (unsigned k = 0; k < some->n; k++) {
		const unsigned i = some->at[k];

		n_busy += tt_port_place(b->tally, &places, k, n_busy,
				tt_port_key(b->keys[i], b->packets[i].src_port), 1);
	}
	tt_tally_add_ports(b->tally, &places, some->n, n_busy);
}

/* Destinations on their way into the sketches of their targets. */
struct destinations {
	struct tt_rest_rise rises[TT_TALLY_BURST]; /* [n] */
	unsigned n;
};

static inline void
find_destinations(const struct burst *b, const struct tt_some *some,
		struct destinations *to)
{
	for (unsigned k = 0; k < some->n; k++) {
		const unsigned i = some->at[k];

		to->rises[k] = tt_tally_find_register(b->keys[i], b->packets[i].dst);
		__builtin_prefetch(&b->tally->rest.registers[to->rises[k].at], 1);
	}
	to->n = some->n;
}

static inline void
enter_destinations(const struct burst *b, const struct destinations *from)
{
	for (unsigned k = 0; k < from->n; k++)
		tt_rest_raise(&b->tally->rest, from->rises[k].at, from->rises[k].rho);
}

static void
count_destinations(const struct burst *b, const struct tt_some *some)
{
	struct destinations d;

	find_destinations(b, some, &d);
	enter_destinations(b, &d);
}

/* Counts the pair of packet i. */
static inline __attribute__((always_inline)) unsigned
count_pair(const struct burst *b, unsigned i, struct tt_slot *out, bool v6)
{
	const tt_detail detail = v6 ? b->details[i] | TT_DETAIL_V6 : b->details[i];

	return tt_tally_add_pair(b->tally, b->places[i], b->numbers[i], &b->packets[i],
			b->keys[i], detail, b->times_us[i], out, v6);
}

static __attribute__((noinline)) unsigned
count_pair6(const struct burst *b, unsigned i, struct tt_slot *out)
{
	return count_pair(b, i, out, true);
}

static inline unsigned
count_pair_of_any(const struct burst *b, unsigned i, struct tt_slot *out)
{
	if (TT_UNLIKELY(b->packets[i].ip_version == 6))
		return count_pair6(b, i, out);
	return count_pair(b, i, out, false);
}

/* What the pairs of a burst leave to be counted. */
struct rests {
	struct tt_some contacts, ports, refused;
	struct tt_some sketches; /* destinations alone; while sources are sampled, all of pairs that are not refused */
	struct destinations destinations; /* these, while sources are sampled */
	struct tt_slot out[TT_TALLY_BURST]; /* what made room */
	unsigned n_out;
};

/* Pairs while all sources are sampled. */
static inline void
count_all_pairs(const struct burst *b, unsigned n, struct rests *to)
{
	struct tt_slot *next = to->out;

	for (unsigned i = 0; i < n; i++) {
		const unsigned left = count_pair_of_any(b, i, next);

		tt_some_note(&to->contacts, i, left & TT_LEFT_CONTACT);
		tt_some_note(&to->ports, i, left & TT_LEFT_PORT);
		if (TT_LIKELY(left < TT_LEFT_SKETCH))
			continue;
		tt_some_note(&to->sketches, i, left & TT_LEFT_SKETCH);
		tt_some_note(&to->refused, i, left & TT_LEFT_PAIR);
		next += (left & TT_LEFT_OUT) != 0;
	}
	to->n_out = (unsigned)(next - to->out);
}

/* Pairs of those that have a place, then what all leave: whether one has cannot be predicted. */
static __attribute__((noinline)) void
count_sampled_pairs(const struct burst *b, unsigned n, struct rests *to)
{
	struct tt_slot *next = to->out;
	uint8_t left[TT_TALLY_BURST];

	for (unsigned i = 0; i < n; i++)
		left[i] = (uint8_t)tt_left_of_refused(&b->packets[i]);
	for (unsigned k = 0; k < b->kept.n; k++) {
		const unsigned i = b->kept.at[k];

		left[i] = (uint8_t)count_pair_of_any(b, i, next);
		next += (left[i] & TT_LEFT_OUT) != 0;
	}
	for (unsigned i = 0; i < n; i++) {
		tt_some_note(&to->contacts, i, left[i] & TT_LEFT_CONTACT);
		tt_some_note(&to->ports, i, left[i] & TT_LEFT_PORT);
		tt_some_note(&to->refused, i, left[i] & TT_LEFT_PAIR);
	}
	for (unsigned k = 0; k < b->kept.n; k++) {
		const unsigned i = b->kept.at[k];

		tt_some_note(&to->sketches, i,
				(left[i] & TT_LEFT_PAIR) == 0
						&& (left[i] & (TT_LEFT_CONTACT | TT_LEFT_SKETCH))
								!= 0);
	}
	to->n_out = (unsigned)(next - to->out);
}

/* Pairs, then of each packet what its pair leaves to be counted. */
static inline void
count_pairs(const struct burst *b, unsigned n, unsigned passes)
{
	struct rests left;
	struct tt_some counted;

	left.contacts.n = left.ports.n = left.sketches.n = left.refused.n = counted.n = 0;
	if (TT_UNLIKELY(b->some_kept)) {
		count_sampled_pairs(b, n, &left);
		if (passes & TT_PASS_SKETCHES)
			find_destinations(b, &left.sketches, &left.destinations);
	} else {
		count_all_pairs(b, n, &left);
	}
	if (TT_UNLIKELY(left.refused.n > 0))
		count_refused(b, &left.refused, &counted);
	if (TT_UNLIKELY(left.n_out > 0))
		tt_tally_pairs_out(b->tally, left.out, left.n_out);
	if (passes & TT_PASS_CONTACTS)
		count_contacts(b, &left.contacts);
	if (passes & TT_PASS_PORTS)
		count_ports(b, &left.ports);
	if (passes & TT_PASS_SKETCHES) {
		if (TT_UNLIKELY(b->some_kept)) {
			enter_destinations(b, &left.destinations);
		} else {
			if (TT_UNLIKELY(left.refused.n > 0))
				leave_out(&left.contacts, &left.refused);
			count_destinations(b, &left.contacts);
			count_destinations(b, &left.sketches);
		}
		if (TT_UNLIKELY(counted.n > 0))
			count_destinations(b, &counted);
	}
}

/* The place of the pair of packet i, now that its fingerprints are known, and its number, whose slot is fetched. */
static inline void
find_number(const struct tt_tally *t, const uint64_t *plain, const tt_detail *details,
		unsigned i, uint64_t *places, uint32_t *numbers)
{
	places[i] = tt_pair_hash_from(plain[i], details[i]);
	numbers[i] = tt_pair_guess(&t->pair_lines, places[i]);
	__builtin_prefetch(&t->slots[numbers[i]], 1);
}

static inline void
find_numbers(const struct tt_tally *t, const uint64_t *plain, const tt_detail *details,
		unsigned n, uint64_t *places, uint32_t *numbers)
{
	for (unsigned i = 0; i < n; i++)
		find_number(t, plain, details, i, places, numbers);
}

/* Of those that have a place. */
static __attribute__((noinline)) void
find_sampled(const struct tt_tally *t, const uint64_t *plain, const tt_detail *details,
		unsigned n, uint64_t *places, uint32_t *numbers, struct tt_some *kept)
{
	for (unsigned i = 0; i < n; i++)
		tt_some_note(kept, i, plain[i] != TT_NO_PLACE);
	for (unsigned k = 0; k < kept->n; k++)
		find_number(t, plain, details, kept->at[k], places, numbers);
}

static inline void
count_burst(struct tt_tally *t, const struct tt_packet *packets,
		const tt_target_key *keys, const tt_detail *details,
		const int64_t *times_us, const uint64_t *places, unsigned n,
		unsigned passes)
{
	struct burst b;
	uint64_t found[TT_TALLY_BURST];
	uint32_t numbers[TT_TALLY_BURST];

	b.tally = t;
	b.packets = packets;
	b.keys = keys;
	b.times_us = times_us;
	b.details = details;
	b.places = found;
	b.numbers = numbers;
	b.some_kept = t->pair_shift != 0 && (passes & TT_PASS_PAIRS);
	b.kept.n = 0;
	if (TT_UNLIKELY(b.some_kept))
		find_sampled(t, places, details, n, found, numbers, &b.kept);
	else if (passes & TT_PASS_PAIRS)
		find_numbers(t, places, details, n, found, numbers);
	if (passes & TT_PASS_DISTRIBUTIONS)
		for (unsigned i = 0; i < n; i++)
			tt_alike_count(t->alike, &t->rest, &packets[i],
					tt_target_key_class(keys[i]));
	if (passes & TT_PASS_FINGERPRINTS)
		tt_tally_count_fingerprints(t, details, n);
	if (passes & TT_PASS_PAIRS)
		count_pairs(&b, n, passes);
}

void
tt_tally_burst_placed(struct tt_tally *t, const struct tt_packet *packets,
		const tt_target_key *keys, const tt_detail *details,
		const int64_t *times_us, const uint64_t *places, unsigned n)
{
	count_burst(t, packets, keys, details, times_us, places, n, TT_PASS_ALL);
}

void
tt_tally_burst_passes(struct tt_tally *t, const struct tt_packet *packets,
		const tt_target_key *keys, const tt_detail *details,
		const int64_t *times_us, unsigned n, unsigned passes)
{
	uint64_t places[TT_TALLY_BURST];

	if (passes & TT_PASS_PAIRS)
		tt_tally_fetch_pairs(t, packets, keys, details, n, places);
	count_burst(t, packets, keys, details, times_us, places, n, passes);
}

void
tt_tally_burst(struct tt_tally *t, const struct tt_packet *packets,
		const tt_target_key *keys, const tt_detail *details,
		const int64_t *times_us, unsigned n)
{
	tt_tally_burst_passes(t, packets, keys, details, times_us, n, TT_PASS_ALL);
}
