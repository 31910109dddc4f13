/* SPDX-License-Identifier: BSD-3-Clause */
/* How contacts find room in a full table. Then there are more than their list is for, and where they stand is for the
 * table alone to say. */
#include "tt_tally_stages.h"

#include <string.h>

/* The functions below are compiled for either table, without calls through pointers. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

/* The table of contacts of IPv4, or of IPv6, as what making room needs to know of it. */
struct table {
	struct tt_tally *tally;
	bool (*taken)(const struct tt_tally *t, uint64_t at);
	bool (*wanted)(const struct tt_tally *t, uint64_t at); /* is it still sampled? */
	/* Copies a slot to *out and frees it. */
	void (*take)(struct tt_tally *t, uint64_t at, void *out);
	uint64_t (*home)(const struct tt_tally *t, uint64_t at);
	void (*move)(struct tt_tally *t, uint64_t to, uint64_t from);
	uint64_t mask;
	uint32_t *n;
	unsigned *shift;
};

static bool
entry_wanted(const struct tt_tally *t, const struct tt_entry *e)
{
	return tt_sampled(tt_tally_contact_hash(t, e->src, e->key), t->contact_shift);
}

static uint64_t *
contact4_packets(const struct tt_tally *t, uint64_t at)
{
	return &t->contact_lines[at / TT_CONTACT_WAYS].packets[at % TT_CONTACT_WAYS];
}

static bool
contact4_taken(const struct tt_tally *t, uint64_t at)
{
	return *contact4_packets(t, at) != 0;
}

static bool
contact4_wanted(const struct tt_tally *t, uint64_t at)
{
	const struct tt_entry e = tt_contact_of_slot(t->contact_lines, at);

	return entry_wanted(t, &e);
}

static void
take_contact4(struct tt_tally *t, uint64_t at, void *out)
{
	const struct tt_entry e = tt_contact_of_slot(t->contact_lines, at);

	memcpy(out, &e, sizeof(e));
	*contact4_packets(t, at) = 0;
}

static uint64_t
contact4_home(const struct tt_tally *t, uint64_t at)
{
	const struct tt_entry e = tt_contact_of_slot(t->contact_lines, at);

	return tt_contact_home(t, e.src, e.key);
}

static void
move_contact4(struct tt_tally *t, uint64_t to, uint64_t from)
{
	const struct tt_entry e = tt_contact_of_slot(t->contact_lines, from);

	tt_contact_fill_slot(t->contact_lines, to, &e);
	*contact4_packets(t, from) = 0;
}

static bool
contact6_taken(const struct tt_tally *t, uint64_t at)
{
	return t->contacts[at].packets != 0;
}

static bool
contact6_wanted(const struct tt_tally *t, uint64_t at)
{
	return entry_wanted(t, &t->contacts[at]);
}

static void
take_contact6(struct tt_tally *t, uint64_t at, void *out)
{
	memcpy(out, &t->contacts[at], sizeof(t->contacts[at]));
	t->contacts[at].packets = 0;
}

static uint64_t
contact6_home(const struct tt_tally *t, uint64_t at)
{
	return tt_contact_home(t, t->contacts[at].src, t->contacts[at].key);
}

static void
move_contact6(struct tt_tally *t, uint64_t to, uint64_t from)
{
	t->contacts[to] = t->contacts[from];
	t->contacts[from].packets = 0;
}

/* Closes the hole in a run: what comes after it and may stand there moves up. */
static ALWAYS_INLINE void
close_hole(const struct table *b, uint64_t hole)
{
	for (uint64_t at = (hole + 1) & b->mask; b->taken(b->tally, at);
			at = (at + 1) & b->mask) {
		uint64_t from_home = (at - b->home(b->tally, at)) & b->mask;

		if (from_home >= ((at - hole) & b->mask)) {
			b->move(b->tally, hole, at);
			hole = at;
		}
	}
}

/*
 * Frees one slot that is no longer wanted, of those from `at` on; false where there is none among
 * them. Where one slot in 20 is no longer wanted, 20 are looked at on average, and all of
 * LOOK_AHEAD fail once in 500,000 times: so the rate falls when about so few are left.
 */
#define LOOK_AHEAD 256

static ALWAYS_INLINE bool
free_another(const struct table *b, uint64_t at, void *out)
{
	for (unsigned i = 0; i < LOOK_AHEAD; i++, at++) {
		uint64_t here = at & b->mask;

		if (!b->taken(b->tally, here) || b->wanted(b->tally, here))
			continue;
		b->take(b->tally, here, out);
		close_hole(b, here);
		--*b->n;
		return true;
	}
	return false;
}

/*
 * The first slot of the run that is no longer wanted; where there is none, the free slot that
 * ends the run, for which another is freed. Where none can be freed the rate is halved, and the
 * next keys find plenty. Runs end: an eighth of the slots is never taken.
 */
static ALWAYS_INLINE uint64_t
make_room(const struct table *b, uint64_t home, uint64_t hash, void *out)
{
	uint64_t at = home;

	TT_ASSERT(!tt_tally_contacts_listed(b->tally)); /* as tt_tally_create saw to */
	while (b->taken(b->tally, at)) {
		if (!b->wanted(b->tally, at)) {
			b->take(b->tally, at, out);
			return at;
		}
		at = (at + 1) & b->mask;
	}
	while (!free_another(b, at + 1, out)) {
		if (*b->shift == TT_SAMPLE_SHIFT_MAX)
			return TT_NO_PLACE;
		++*b->shift;
		if (!tt_sampled(hash, *b->shift))
			return TT_NO_PLACE;
		if (*b->n < (b->mask + 1) / 8 * 7)
			break;
	}
	++*b->n;
	return at;
}

uint64_t
tt_tally_make_contact4_room(struct tt_tally *t, uint64_t home, uint64_t contact_hash,
		struct tt_entry *out)
{
	uint32_t n = t->n_contacts - t->n_contacts6;
	const struct table b = {t, contact4_taken, contact4_wanted, take_contact4,
			contact4_home, move_contact4, t->contact4_mask, &n,
			&t->contact_shift};
	const uint64_t at = make_room(&b, home, contact_hash, out);

	t->n_contacts = n + t->n_contacts6;
	return at;
}

uint64_t
tt_tally_make_contact6_room(struct tt_tally *t, uint64_t home, uint64_t contact_hash,
		struct tt_entry *out)
{
	const uint32_t n_contacts4 = t->n_contacts - t->n_contacts6;
	const struct table b = {t, contact6_taken, contact6_wanted, take_contact6,
			contact6_home, move_contact6, t->contact6_mask, &t->n_contacts6,
			&t->contact_shift};
	const uint64_t at = make_room(&b, home, contact_hash, out);

	t->n_contacts = n_contacts4 + t->n_contacts6;
	return at;
}

void
tt_tally_settle(struct tt_tally *t)
{
	if (t->waiting != NULL)
		tt_tally_catch_up(t);
	if (t->alike != NULL)
		tt_alike_settle(t->alike, &t->rest);
	tt_detections_settle(&t->detections);
}
