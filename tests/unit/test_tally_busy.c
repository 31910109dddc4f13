/* SPDX-License-Identifier: BSD-3-Clause */
/* Source ports of busy targets: which these are, and that no count depends on it. */
#include "tally_packets.h"
#include "tt_tally_tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define N_TARGETS 3

/* What tallies should say: packets by source port of the targets 1 to N_TARGETS, TCP SYN. */
static uint64_t sent[N_TARGETS][TT_BUSY_PORTS], found[N_TARGETS][TT_BUSY_PORTS];

static struct tt_packet
packet(unsigned target, uint16_t src_port)
{
	return (struct tt_packet){.src = tt_addr_v4(5),
			.dst = tt_addr_v4(0xc0000201),
			.ip_version = 4,
			.protocol = TT_PROTO_TCP,
			.has_ports = true,
			.has_tcp = true,
			.tcp_flags = TT_TCP_SYN,
			.ip_bytes = 40,
			.src_port = src_port,
			.dst_port = (uint16_t)target};
}

static uint64_t
key_of(unsigned target, uint16_t src_port)
{
	const struct tt_packet p = packet(target, src_port);

	return tt_port_key(tt_target_key_of(&p), src_port);
}

static struct tt_packet
send(unsigned target, uint16_t src_port)
{
	sent[target - 1][src_port]++;
	return packet(target, src_port);
}

/* n packets from ports below `ports` to the targets; into `one` as well, where it is not NULL. */
static void
send_bursts(struct tt_tally *t, struct tt_tally *one, unsigned n, uint64_t ports)
{
	struct tt_packet p[TT_TALLY_BURST];
	tt_target_key keys[TT_TALLY_BURST];
	tt_detail details[TT_TALLY_BURST] = {0};
	int64_t times[TT_TALLY_BURST] = {0};

	while (n > 0) {
		unsigned k = 1 + (unsigned)draw(TT_TALLY_BURST);

		k = k < n ? k : n;
		n -= k;
		for (unsigned i = 0; i < k; i++) {
			p[i] = send(1 + (unsigned)draw(N_TARGETS), (uint16_t)draw(ports));
			keys[i] = tt_target_key_of(&p[i]);
			if (one != NULL)
				tt_tally_one_ref(one, &p[i], 0, 0);
		}
		tt_tally_burst(t, p, keys, details, times, k);
	}
}

static void
find(uint64_t key, uint64_t packets)
{
	for (unsigned i = 0; i < N_TARGETS; i++)
		if (key >> 16 == key_of(i + 1, 0) >> 16)
			found[i][key & 0xffff] += packets;
}

/* The same as was sent, of the tables, the pairs and the arrays together? */
static void
assert_exact(const struct tt_tally *t)
{
	memset(found, 0, sizeof(found));
	for (uint32_t i = 0; i < tt_tally_ports_end(t); i++)
		find(tt_tally_port(t, i)->key, tt_tally_port(t, i)->packets);
	for (uint32_t i = 0; i < t->n_pairs; i++)
		if (tt_slot_port_packets(tt_tally_pair(t, i)) != 0)
			find(tt_slot_port_key(tt_tally_pair(t, i)),
					tt_slot_port_packets(tt_tally_pair(t, i)));
	for (uint32_t at = 0; at < tt_busy_end(t->busy); at++)
		find(tt_busy_key(t->busy, at), tt_busy_packets(t->busy, at));
	assert_memory_equal(found, sent, sizeof(sent));
}

static uint64_t
in_arrays(const struct tt_tally *t)
{
	uint64_t sum = 0;

	for (uint32_t at = 0; at < tt_busy_end(t->busy); at++)
		sum += tt_busy_packets(t->busy, at);
	return sum;
}

static uint64_t
in_table(const struct tt_tally *t, uint64_t key)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < tt_tally_ports_end(t); i++)
		if (tt_tally_port(t, i)->key == key)
			sum += tt_tally_port(t, i)->packets;
	return sum;
}

static int
begin(void **state)
{
	memset(sent, 0, sizeof(sent));
	return 0;
}

static void
bursts_count_busy_targets_as_single_packets_do(void **state)
{
	struct tt_tally *t = tally_make(100000), *one = tally_make(100000);

	send_bursts(t, one, 60000, TT_BUSY_PORTS);
	assert_int_equal(t->busy->n, N_TARGETS);
	assert_true(in_arrays(t) > 55000);
	assert_exact(t);
	assert_exact(one);
	assert_memory_equal(t->ports, one->ports, (t->port_mask + 1) * sizeof(*t->ports));
	assert_memory_equal(t->busy->slots, one->busy->slots, sizeof(t->busy->slots));
	assert_memory_equal(t->busy->low, one->busy->low, t->busy->max * TT_BUSY_PORTS);
	tt_tally_destroy(t);
	tt_tally_destroy(one);
}

/* Past 8 bits, 16 bits, and all that an array can count. */
static void
what_an_array_cannot_hold_is_in_the_table(void **state)
{
	struct tt_tally *t = tally_make(100000);
	const uint64_t key = key_of(1, 77);

	send_bursts(t, NULL, 5000, 1000);
	assert_int_equal(t->busy->n, N_TARGETS);
	for (unsigned i = 0; i < 200000; i++) {
		const struct tt_packet p = send(1, 77);

		tt_tally_one_ref(t, &p, 0, 0);
	}
	assert_exact(t);
	assert_true(in_arrays(t) > 200000);
	for (unsigned i = 0; i < 300; i++) {
		const struct tt_packet p = packet(1, 77);
		struct tt_slot slot = {.key = tt_target_key_of(&p)};

		slot.v4.port = 77;
		slot.v4.port_packets = UINT16_MAX;
		sent[0][77] += UINT16_MAX;
		tt_tally_unpack(t, &slot);
		assert_int_equal(slot.v4.port_packets, 0);
	}
	assert_true(sent[0][77] > 1 << 24);
	assert_in_range(sent[0][77] - in_table(t, key), (1 << 24) - UINT16_MAX, 1 << 24);
	assert_exact(t);
	tt_tally_destroy(t);
}

static void
a_full_table_leaves_arrays_exact(void **state)
{
	struct tt_tally *t = tally_make(24576);
	struct tt_tally *few = tally_make(1024);

	assert_int_equal(t->busy->max, 1);
	assert_int_equal(few->busy->max, 0);
	for (unsigned i = 0; i < 400000; i++) {
		struct tt_packet p = packet(1000 + (unsigned)draw(60000),
				(uint16_t)draw(TT_BUSY_PORTS));

		if (i > 300000)
			p = send(1, (uint16_t)draw(TT_BUSY_PORTS));
		else if (i > 290000) /* before what will be compared */
			p = packet(1, 9);
		tt_tally_one_ref(t, &p, 0, 0);
	}
	assert_int_equal(t->busy->n, 1);
	assert_true(tt_tally_ports_full(t));
	assert_true(t->ports_lost.packets > 0);
	assert_int_equal(sum_of_ports(t) + t->ports_lost.packets, 400000);
	memset(found, 0, sizeof(found));
	for (uint32_t at = 0; at < tt_busy_end(t->busy); at++)
		find(tt_busy_key(t->busy, at), tt_busy_packets(t->busy, at));
	found[0][9] = 0;
	sent[0][9] = 0;
	assert_memory_equal(found, sent, sizeof(sent));
	tt_tally_destroy(t);
	tt_tally_destroy(few);
}

static void
a_reset_gives_all_arrays_back(void **state)
{
	struct tt_tally *t = tally_make(100000), *fresh = tally_make(100000);

	send_bursts(t, NULL, 60000, 50);
	assert_int_equal(t->busy->n, N_TARGETS);
	tt_tally_reset(t);
	assert_int_equal(sum_of_ports(t), 0);
	assert_int_equal(t->busy->turn + t->busy->n, 0);
	assert_memory_equal(t->busy->slots, fresh->busy->slots, sizeof(t->busy->slots));
	assert_memory_equal(t->busy->candidates, fresh->busy->candidates,
			sizeof(t->busy->candidates));
	assert_memory_equal(t->busy->low, fresh->busy->low, t->busy->max * TT_BUSY_PORTS);
	assert_memory_equal(t->busy->high, fresh->busy->high,
			t->busy->max * TT_BUSY_PORTS * sizeof(*t->busy->high));
	memset(sent, 0, sizeof(sent));
	send_bursts(t, NULL, 60000, 50);
	assert_exact(t);
	tt_tally_destroy(t);
	tt_tally_destroy(fresh);
}

static void
compact_and_joined_tallies_have_the_ports_of_arrays(void **state)
{
	struct tt_tally *parts[2], *compact[2], *joined;
	uint64_t keys = 0;

	for (unsigned i = 0; i < 2; i++) {
		parts[i] = tally_make(100000);
		send_bursts(parts[i], NULL, 60000, 30000);
		assert_int_equal(parts[i]->busy->n, N_TARGETS);
		compact[i] = tt_tally_compact(parts[i]);
		assert_non_null(compact[i]);
		assert_null(compact[i]->busy);
		assert_int_equal(tt_tally_compact_bytes(compact[i]),
				tt_tally_compact_bytes(parts[i]));
		assert_int_equal(sum_of_ports(compact[i]), 60000);
	}
	joined = tt_tally_join(compact[0], compact[1]);
	assert_non_null(joined);
	assert_exact(joined);
	for (unsigned i = 0; i < N_TARGETS; i++)
		for (unsigned port = 0; port < TT_BUSY_PORTS; port++)
			keys += sent[i][port] != 0;
	assert_true(joined->n_ports <= keys); /* those of pairs are not among them */
	for (unsigned i = 0; i < 2; i++) {
		tt_tally_destroy(parts[i]);
		tt_tally_destroy(compact[i]);
	}
	tt_tally_destroy(joined);
}

/* Votes n times for a target below `targets`, or for 1 in one case of `one_in`; 0: in none. */
static void
vote(struct tt_busy *b, const struct tt_hash_seed *s, unsigned n, uint64_t targets,
		unsigned one_in)
{
	for (unsigned i = 0; i < n; i++) {
		const bool heavy = one_in != 0 && draw(one_in) == 0;

		tt_busy_vote(b, s, key_of(heavy ? 1 : (unsigned)draw(targets), 1));
	}
}

static void
a_flood_gets_no_arrays_and_hides_no_busy_target(void **state)
{
	struct tt_busy *b = tt_busy_create(TT_BUSY_MAX, tt_mem_heap());
	const struct tt_hash_seed s = tt_hash_seed_of(draw(UINT64_MAX));

	vote(b, &s, 1000000, TT_BUSY_PORTS, 0);
	assert_int_equal(b->n, 0);
	for (unsigned round = 0; round < 10; round++) /* a sweep in order */
		for (unsigned target = 0; target < TT_BUSY_PORTS; target++)
			tt_busy_vote(b, &s, key_of(target, 1));
	assert_int_equal(b->n, 0);
	vote(b, &s, 10000, TT_BUSY_PORTS, 20);
	assert_int_equal(b->n, 1);
	assert_true(tt_busy_at(b, &s, key_of(1, 7)) == 7);
	assert_true(tt_busy_at(b, &s, key_of(2, 7)) >= TT_BUSY_NONE);
	assert_int_equal(tt_busy_key(b, 7), key_of(1, 7));
	tt_busy_destroy(b, tt_mem_heap());
}

/* Each of many targets for a while, one after the other. */
static void
a_slow_sweep_uses_up_the_first_arrays_alone(void **state)
{
	struct tt_busy *b = tt_busy_create(TT_BUSY_MAX, tt_mem_heap());
	const struct tt_hash_seed s = tt_hash_seed_of(draw(UINT64_MAX));

	for (unsigned target = 100; target < 2000; target++)
		for (unsigned i = 0; i < TT_BUSY_LEAD; i++)
			tt_busy_vote(b, &s, key_of(target, 1));
	assert_int_equal(b->n, TT_BUSY_DEAR);
	for (unsigned i = 0; i < 200; i++)
		tt_busy_vote(b, &s, key_of(1, 1));
	assert_in_range(b->n, TT_BUSY_DEAR,
			TT_BUSY_DEAR + 1); /* its slot may be another's */
	for (unsigned target = 100; target < 2000; target++)
		for (unsigned i = 0; i < 1000; i++)
			tt_busy_vote(b, &s, key_of(target, 1));
	assert_int_equal(b->n, TT_BUSY_MAX);
	tt_busy_destroy(b, tt_mem_heap());
}

static void
targets_cannot_be_chosen_to_meet(void **state)
{
	unsigned met = 0;

	for (unsigned i = 0; i < 2000; i++) {
		const struct tt_hash_seed s = tt_hash_seed_of(draw(UINT64_MAX));

		met += tt_busy_slot(&s, key_of(23, 1))
				== tt_busy_slot(&s, key_of(23 + TT_BUSY_SLOTS, 1));
	}
	assert_true(met < 40); /* of 2,000, two in 512 are 8 */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test_setup(
					bursts_count_busy_targets_as_single_packets_do,
					begin),
			cmocka_unit_test_setup(
					what_an_array_cannot_hold_is_in_the_table, begin),
			cmocka_unit_test_setup(a_full_table_leaves_arrays_exact, begin),
			cmocka_unit_test_setup(a_reset_gives_all_arrays_back, begin),
			cmocka_unit_test_setup(
					compact_and_joined_tallies_have_the_ports_of_arrays,
					begin),
			cmocka_unit_test(a_flood_gets_no_arrays_and_hides_no_busy_target),
			cmocka_unit_test(a_slow_sweep_uses_up_the_first_arrays_alone),
			cmocka_unit_test(targets_cannot_be_chosen_to_meet),
	};

	draw_state = choose_seed();
	return cmocka_run_group_tests_name("tally_busy", tests, NULL, NULL);
}
