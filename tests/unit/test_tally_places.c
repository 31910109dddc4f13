/* SPDX-License-Identifier: BSD-3-Clause */
/* Where pairs, contacts and talkers stand in their tables, whoever chose them. */
#include "tally_packets.h"
#include "tt_rest_tables.h"
#include "tt_tally_place.h"
#include "tt_tally_tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

static void
a_line_of_contacts_tells_free_slots_and_classes_apart(void **state)
{
	struct tt_contact_line line = {0};
	const struct tt_addr src = tt_addr_v4(0);
	const uint64_t ends = tt_contact_ends(src, 0);
	const struct tt_entry syn = {src, TT_CLASS_TCP_SYN, 1};
	const struct tt_entry udp = {src, TT_CLASS_UDP, UINT64_C(1) << 59};

	(void)state;
	assert_int_equal(tt_contact_line_taken(&line), 0);
	assert_false(tt_contact_line_add(&line, ends, TT_CLASS_TCP_SYN, 1));
	tt_contact_fill_slot(&line, 0, &syn);
	assert_false(tt_contact_line_add(&line, ends, TT_CLASS_UDP, 1));
	tt_contact_fill_slot(&line, 1, &udp);
	assert_true(tt_contact_line_add(&line, ends, TT_CLASS_TCP_SYN, 2));
	assert_true(tt_contact_line_add(&line, ends, TT_CLASS_UDP, 4));
	assert_int_equal(tt_contact_line_taken(&line), 2);
	assert_int_equal(tt_contact_of_slot(&line, 0).packets, 3);
	assert_int_equal(tt_contact_of_slot(&line, 1).packets, udp.packets + 4);
	assert_int_equal(tt_contact_of_slot(&line, 1).key, udp.key);
	assert_int_equal(tt_contact_of_slot(&line, 2).packets, 0);
}

/* What is fetched before fingerprints are known has to be where the pair is; and who draws packets that
 * match any set of fingerprints shall not make one long run of slots of them. */
static void
a_fingerprint_moves_no_pair_and_several_do(void **state)
{
	struct tt_tally *t = tally_make(1024);
	const struct tt_packet p = random_packet(1000);
	const tt_target_key key = tt_target_key_of(&p);
	const tt_detail backscatter = tt_backscatter_detail(&p, NULL, 0);
	const uint64_t ahead = tt_tally_fetch_pair(t, p.src, key, backscatter);
	unsigned elsewhere = 0;

	for (uint32_t matched = 0; matched < 1 << TT_FINGERPRINTS_MAX; matched++) {
		const tt_detail detail = backscatter
				| tt_detail_of_fingerprints(0xffff, matched);
		const uint64_t home = tt_pair_hash(t, p.src, key, detail);

		assert_int_equal(home, tt_pair_hash_from(ahead, detail));
		if (__builtin_popcount(matched) < 2)
			assert_int_equal(home & ~TT_PAIR_TAG_BITS,
					ahead & ~TT_PAIR_TAG_BITS);
		elsewhere += ((home ^ ahead) & ~TT_PAIR_TAG_BITS) != 0;
	}
	assert_true(elsewhere > 65000);
	elsewhere = 0; /* of 65,536 sets 137 are some that follow each other, or none */
	for (uint32_t tested = 0; tested < 1 << TT_FINGERPRINTS_MAX; tested++)
		elsewhere += ((tt_pair_hash(t, p.src, key,
					       backscatter
							       | tt_detail_of_fingerprints(
									       tested, 0))
					      ^ ahead)
					     & ~TT_PAIR_TAG_BITS)
				!= 0;
	assert_true(elsewhere > 65000);
	tt_tally_destroy(t);
}

/* Who can have all of 16 rules chosen has 953 pairs of a source and a target in one line, and may tell which tags
 * they have: a look for one is to compare few of them, whoever chose their fingerprints. */
static void
pairs_that_share_a_line_differ_in_their_tags(void **state)
{
	struct tt_tally *t = tally_make(1024);
	unsigned with_tag[256] = {0}, n = 0, most = 0;

	for (uint32_t tested = 1; tested < 1 << TT_FINGERPRINTS_MAX; tested++)
		for (unsigned rule = 0; rule <= TT_FINGERPRINTS_MAX; rule++) {
			const tt_detail detail = tt_detail_of_fingerprints(
					tested, tested & 1u << rule & 0xffff);
			const uint64_t hash = tt_pair_hash(t, tt_addr_v4(1), 2, detail);

			if (((hash ^ tt_pair_hash_plain(t, tt_addr_v4(1), 2, 0))
					    & ~TT_PAIR_TAG_BITS)
							!= 0
					|| (rule < TT_FINGERPRINTS_MAX
							&& tt_detail_matched(detail)
									== 0))
				continue;
			n++;
			with_tag[tt_pair_tag(hash)]++;
		}
	assert_int_equal(n, 136 + 816);
	for (unsigned i = 0; i < 256; i++)
		most = with_tag[i] > most ? with_tag[i] : most;
	assert_in_range(most, 4, 12);
	tt_tally_destroy(t);
}

static unsigned
n_distinct(uint64_t *places, unsigned n)
{
	unsigned distinct = 0;

	for (unsigned i = 0; i < n; i++) {
		unsigned k = 0;

		while (places[k] != places[i])
			k++;
		distinct += k == i;
	}
	return distinct;
}

/* Sources that are all one word to who does not know the seed (tt_hash_addr) have places of their own. */
static void
sources_of_ipv6_cannot_be_chosen_to_meet(void **state)
{
	enum {
		SOURCES = 1000
	};
	struct tt_tally *t = tally_make(1024);
	static uint64_t pairs[SOURCES], contacts[SOURCES], talkers[SOURCES];

	for (unsigned i = 0; i < SOURCES; i++) {
		const uint64_t hi = UINT64_C(0x20010db8) << 32 | i;
		const struct tt_addr src = {.hi = hi, .lo = tt_hash_mix(hi) ^ 5};

		assert_int_equal(tt_hash_addr(src), 5);
		pairs[i] = tt_pair_hash(t, src, 1, 0) & 2047;
		contacts[i] = tt_contact_home(t, src, TT_CONTACT_V6 | 16);
		talkers[i] = tt_rest_talker_home(&t->rest, src, 1);
	}
	/* Of 2,048 hashes, 1,024 slots, and 256 windows. */
	assert_true(n_distinct(pairs, SOURCES) > 700);
	assert_true(n_distinct(contacts, SOURCES) > 550);
	assert_true(n_distinct(talkers, SOURCES) > 230);
	tt_tally_destroy(t);
}

/* Counts a packet of the same source to each of n + 1 destinations, from each of so many ports: a pair holds the first of either. */
static void
count_others(struct tt_tally *t, uint32_t n)
{
	for (uint32_t i = 0; i <= n; i++) {
		const struct tt_packet p = {.src = tt_addr_v4(1),
				.dst = tt_addr_v4(0x0a000000 + i),
				.ip_version = 4,
				.protocol = TT_PROTO_UDP,
				.has_ports = true,
				.src_port = (uint16_t)i,
				.dst_port = 53,
				.ip_bytes = 40};

		tt_tally_one_ref(t, &p, 0, 1);
	}
	tt_tally_settle(t);
}

/* Is each of n contacts, and of ports, in one place, and all others free? */
static void
assert_in_one_place_each(const struct tt_tally *t, uint32_t n)
{
	uint8_t *contacts = calloc(n + 1, 1), *ports = calloc(n + 1, 1);
	uint32_t found = 0;

	for (uint32_t i = 0; i < tt_tally_contacts_end(t); i++) {
		const struct tt_entry e = tt_tally_contact(t, i);

		if (e.packets != 0) {
			const uint32_t to = (uint32_t)(e.key >> 4) - 0x0a000000;

			assert_in_range(to, 1, n);
			assert_int_equal(contacts[to]++, 0);
			found++;
		}
	}
	for (uint32_t i = 0; i < tt_tally_ports_end(t); i++) {
		const struct tt_port_entry *e = tt_tally_port(t, i);

		if (e->packets != 0) {
			assert_in_range(e->key & 0xffff, 1, n);
			assert_int_equal(ports[e->key & 0xffff]++, 0);
			found++;
		}
	}
	assert_int_equal(found, 2 * n);
	free(contacts);
	free(ports);
}

/* Who has few contacts and ports need not look through whole tables, and who has more finds all of them. */
static void
few_contacts_and_ports_are_listed_and_more_are_found(void **state)
{
	struct tt_tally *t = tally_make(1024), *clean = tally_make(1024);
	const uint32_t few = t->list_mask;
	const uint32_t numbers[] = {few + 2, 0, 1, few, few + 1, few, 1024};

	assert_int_equal(few + 1, (t->contact4_mask + 1) / 16);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(numbers); i++) {
		const uint32_t n = numbers[i];

		count_others(t, n);
		assert_int_equal(t->n_contacts, n);
		assert_int_equal(t->n_ports, n);
		assert_int_equal(tt_tally_contacts_end(t),
				n <= few ? n : t->contact4_mask + 1);
		assert_int_equal(tt_tally_ports_end(t), n <= few ? n : t->port_mask + 1);
		assert_in_one_place_each(t, n);
		tt_tally_reset(t);
		assert_int_equal(tt_tally_contacts_end(t) + tt_tally_ports_end(t), 0);
		assert_memory_equal(t->ports, clean->ports,
				(t->port_mask + 1) * sizeof(*t->ports));
		assert_memory_equal(t->contact_lines, clean->contact_lines,
				(t->contact4_mask + 1) / TT_CONTACT_WAYS
						* sizeof(*t->contact_lines));
	}
	tt_tally_destroy(t);
	tt_tally_destroy(clean);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					a_line_of_contacts_tells_free_slots_and_classes_apart),
			cmocka_unit_test(a_fingerprint_moves_no_pair_and_several_do),
			cmocka_unit_test(pairs_that_share_a_line_differ_in_their_tags),
			cmocka_unit_test(sources_of_ipv6_cannot_be_chosen_to_meet),
			cmocka_unit_test(
					few_contacts_and_ports_are_listed_and_more_are_found),
	};

	draw_state = choose_seed();
	return cmocka_run_group_tests_name("tally_places", tests, NULL, NULL);
}
