/* SPDX-License-Identifier: BSD-3-Clause */
#include "tally_bed.h"
#include "tt_refused.h"
#include "tt_tally_stages.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* The same numbers in each run. */
static uint64_t
draw(uint64_t below)
{
	static uint64_t state;

	return tt_hash_mix(++state) % below;
}

static tt_target_key
key_of(uint8_t protocol, uint32_t port, enum tt_class class)
{
	return tt_target_key_make((struct tt_target){protocol, (int32_t)port, 0}, class);
}

/* Of an answer: a few of many services. */
static tt_detail
some_attacked(uint8_t protocol)
{
	return tt_detail_of_attacked((struct tt_target){
			protocol, (int32_t)(draw(2) ? draw(50) : 65535 - draw(50)), 0});
}

/* Requests, replies and errors, the latter two being answers; of each a few codes. */
static void
draw_icmp(struct tt_rest_pair *p)
{
	static const struct {
		uint8_t type;
		enum tt_class class;
		bool backscatter;
	} types[] = {{8, TT_CLASS_ICMP_ECHO_REQUEST, false},
			{0, TT_CLASS_ICMP_ECHO_REPLY, true},
			{3, TT_CLASS_ICMP_UNREACHABLE, true},
			{11, TT_CLASS_ICMP_OTHER, true},
			{255, TT_CLASS_ICMP_OTHER, false}};
	const unsigned i = (unsigned)draw(5);

	p->key = tt_target_key_make((struct tt_target){TT_PROTO_ICMP, types[i].type,
						    (uint8_t)(draw(3) * 127)},
			types[i].class);
	if (types[i].backscatter)
		p->detail |= some_attacked(draw(2) ? TT_PROTO_UDP : 0);
}

/* A packet of each class of TCP and UDP now and then, a few of them answers. */
static void
draw_ports(struct tt_rest_pair *p)
{
	static const enum tt_class answers[] = {
			TT_CLASS_TCP_SYNACK, TT_CLASS_TCP_RST, TT_CLASS_UDP};
	const bool answer = draw(4) == 0;
	const enum tt_class class = answer ? answers[draw(3)] : (enum tt_class)draw(6);
	const uint8_t protocol = class == TT_CLASS_UDP ? TT_PROTO_UDP : TT_PROTO_TCP;

	p->key = key_of(protocol, (uint32_t)(draw(3) << 8 | draw(2)), class);
	if (answer || class == TT_CLASS_TCP_SYNACK || class == TT_CLASS_TCP_RST)
		p->detail |= some_attacked(protocol);
}

/* A packet with ports or of ICMP, a few with a fingerprint or with many; half of them of few sources, which are talkers
 * already. */
static struct tt_rest_pair
random_pair(void)
{
	struct tt_rest_pair p = {
			.src = tt_addr_v4(
					(uint32_t)draw(draw(2) ? 1 << 20 : 20) << 12 | 1),
			.detail = draw(8) != 0    ? 0
					: draw(2) ? 1u << draw(TT_FINGERPRINTS_MAX)
						  : 0xffff,
			.count = {1, 20 + draw(65516)}};

	if (draw(4) == 0)
		draw_icmp(&p);
	else
		draw_ports(&p);
	return p;
}

static struct tt_later_update
update_of(const struct tt_rest_pair *p, struct tt_addr dst)
{
	const uint32_t row = tt_row_index(p->key, p->detail);

	assert_true(tt_refused_can_wait(p->src, row, p->count.bytes));
	return tt_refused_update(p->src, tt_target_key_class(p->key), row, p->detail,
			p->count.bytes, tt_refused_destination(dst));
}

/* A country for each 1/26 of all addresses: "AA", "BA", ... */
static struct tt_geo *
some_countries(void)
{
	char path[] = "/tmp/test_refused.XXXXXX";
	FILE *out = fdopen(mkstemp(path), "w");
	const uint32_t step = UINT32_MAX / 26;
	struct tt_geo *geo = NULL;

	assert_non_null(out);
	for (uint32_t i = 0; i < 26; i++)
		fprintf(out, "%u,%u,%cA\n", i * step, (i + 1) * step - 1, 'A' + (int)i);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(tt_geo_open(&geo, path, tt_mem_heap(), NULL), 0);
	unlink(path);
	return geo;
}

static void
assert_same(const struct tt_rest *a, const struct tt_rest *b)
{
	assert_true(same_cells(a, b));
	assert_memory_equal(a->cells_used, b->cells_used, tt_rest_cell_blocks(a));
	assert_memory_equal(a->registers, b->registers, a->n_registers);
	assert_memory_equal(
			a->registers_used, b->registers_used, tt_rest_register_blocks(a));
	assert_memory_equal(a->floors, b->floors, a->n_floors * sizeof(*a->floors));
	assert_int_equal(a->n_slices, b->n_slices);
	assert_memory_equal(a->slices, b->slices, a->n_slices * sizeof(*a->slices));
	assert_int_equal(a->slices_lost.packets, b->slices_lost.packets);
	assert_int_equal(a->slices_lost.keys, b->slices_lost.keys);
	assert_int_equal(a->n_talkers, b->n_talkers);
	assert_memory_equal(
			a->talkers, b->talkers, a->config.talkers * sizeof(*a->talkers));
	assert_int_equal(a->talkers_lost.packets, b->talkers_lost.packets);
	assert_int_equal(a->talkers_lost.keys, b->talkers_lost.keys);
}

static void
enter_destination(struct tt_rest *r, tt_target_key key, struct tt_addr dst)
{
	tt_rest_sketch(r,
			tt_registers_of_target(
					TT_REGISTERS_DESTINATIONS, tt_target_index(key)),
			TT_SKETCH_P_TARGET, tt_sketch_hash(dst));
}

/* Nothing of what was counted before is left in a rest, nor in the index of its slices. */
static void
count_and_reset(struct tt_rest *r, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct tt_rest_pair pair = random_pair();
		const struct tt_later_update u = update_of(&pair, pair.src);

		tt_refused_count(r, &u, 1);
	}
	tt_rest_reset(r);
	for (uint64_t i = 0; i <= r->slice_lines.mask; i++)
		for (unsigned k = 0; k < TT_PAIR_WAYS; k++)
			assert_int_equal(r->slice_lines.lines[i].tags[k], 0);
}

/* slices, talkers: slots. What is kept is the same in the same order, whether tables are full or not. */
static void
check_counts(uint64_t slices, uint64_t talkers)
{
	const struct tt_tally_config bed = tally_bed(1024);
	struct tt_geo *geo = some_countries();
	const struct tt_rest_config config = {.slices = slices,
			.talkers = talkers,
			.geo = geo,
			.destinations = bed.destinations,
			.prefixes = bed.prefixes,
			.seed = 7};
	struct tt_rest waited, at_once;

	assert_int_equal(tt_rest_init(&waited, &config, tt_mem_heap()), 0);
	assert_int_equal(tt_rest_init(&at_once, &config, tt_mem_heap()), 0);
	count_and_reset(&waited, 2);
	count_and_reset(&waited, 4000);
	for (unsigned round = 0; round < 200; round++) {
		struct tt_later_update updates[150];
		const unsigned n = (unsigned)draw(151);

		for (unsigned i = 0; i < n; i++) {
			const struct tt_addr dst = tt_addr_v4(
					0x0a000000 + (uint32_t)draw(9000));
			struct tt_rest_pair pair = random_pair();

			updates[i] = update_of(&pair, dst);
			enter_destination(&at_once, pair.key, dst);
			tt_rest_add_pairs(&at_once, &pair, 1);
		}
		tt_refused_count(&waited, updates, n);
	}
	assert_true(at_once.slices_lost.packets == 0 || slices < 4096);
	assert_true(at_once.talkers_lost.packets > 0);
	assert_same(&waited, &at_once);
	tt_rest_fini(&waited);
	tt_rest_fini(&at_once);
	tt_geo_close(geo);
}

static void
packets_that_waited_count_as_those_that_did_not(void **state)
{
	check_counts(16384, 4096);
}

static void
so_they_do_where_tables_are_full(void **state)
{
	check_counts(64, 16);
}

/* Updates for n rows whose slices of one country belong in one line of the index. */
static void
find_rows_of_a_line(const struct tt_rest *r, struct tt_later_update *updates, unsigned n)
{
	const struct tt_addr src = tt_addr_v4(0x01020304);
	const tt_country country = tt_geo_country(r->config.geo, src);
	unsigned k = 0;

	for (uint32_t row = 1024; k < n; row++) {
		const uint64_t key = tt_slice_country(row, country);

		assert_true(row < 65536);
		if ((tt_rest_slice_hash(r, key) & r->slice_lines.mask) == 0)
			updates[k++] = tt_refused_update(src, TT_CLASS_TCP_SYN, row, 0,
					60, (struct tt_refused_destination){0});
	}
}

/* Those of more rows than a line has room for, each twice; whether slices are full or not. */
static void
slices_are_found_behind_a_full_line(void **state)
{
	const struct tt_tally_config bed = tally_bed(1024);
	const struct tt_rest_config config = {.slices = 64,
			.talkers = 16,
			.geo = bed.geo,
			.destinations = bed.destinations,
			.prefixes = bed.prefixes,
			.seed = 7};

	for (unsigned n = TT_PAIR_WAYS + 2; n <= 16; n++) {
		struct tt_later_update updates[16];
		struct tt_rest r;

		assert_int_equal(tt_rest_init(&r, &config, tt_mem_heap()), 0);
		assert_int_equal(r.max_slices, 16);
		find_rows_of_a_line(&r, updates, n);
		tt_refused_count(&r, updates, n);
		tt_refused_count(&r, updates, n);
		assert_int_equal(r.slice_lines.lines[0].passed, n - TT_PAIR_WAYS);
		assert_int_equal(r.n_slices, n);
		for (unsigned i = 0; i < n; i++)
			assert_int_equal(tt_rest_slice(&r, i)->count.packets, 2);
		assert_int_equal(r.slices_lost.packets, 0);
		tt_rest_reset(&r);
		assert_int_equal(r.slice_lines.lines[0].passed, 0);
		assert_int_equal(r.slice_lines.lines[1].tags[0], 0);
		tt_rest_fini(&r);
	}
}

static void
other_packets_cannot_wait(void **state)
{
	const struct tt_addr v4 = tt_addr_v4(0x01020304), v6 = {.hi = 1, .lo = 2};
	const uint32_t icmp = tt_row_index(
			tt_target_key_make((struct tt_target){TT_PROTO_ICMP, 255, 255},
					TT_CLASS_ICMP_OTHER),
			0);

	assert_int_equal(icmp, 7 * 65536 + 65535);
	assert_true(tt_refused_can_wait(v4, icmp, UINT16_MAX));
	assert_false(tt_refused_can_wait(v4, icmp, UINT16_MAX + 1));
	assert_false(tt_refused_can_wait(v6, icmp, 60));
	assert_false(tt_refused_can_wait(v4, icmp + 1, 60)); /* ICMPv6 */
}

/* The part of a packet has the sketches of its port, whatever its class, or is that of its type. */
static void
packets_wait_with_others_of_their_port(void **state)
{
	for (unsigned i = 0; i < 1000; i++) {
		const struct tt_rest_pair pair = random_pair();
		const struct tt_later_update u = update_of(&pair, pair.src);
		const struct tt_target target = tt_target_key_target(pair.key);

		if (target.protocol == TT_PROTO_ICMP) {
			assert_int_equal(u.at >> TT_REFUSED_SHIFT, target.number);
			assert_int_equal(tt_refused_number(&u) & 255, target.code);
		} else {
			assert_int_equal(u.at >> TT_REFUSED_SHIFT, target.number / 256);
			assert_int_equal(tt_refused_number(&u), target.number);
		}
		assert_int_equal(tt_refused_row(&u), tt_row_index(pair.key, pair.detail));
		assert_int_equal(tt_refused_class(&u), tt_target_key_class(pair.key));
		assert_int_equal(tt_refused_detail(&u) | tt_refused_matched(&u),
				pair.detail);
	}
	assert_int_equal(TT_REFUSED_PARTS, 65536 / 256);
}

static uint64_t
packets_of_slices(const struct tt_rest *r)
{
	uint64_t sum = 0;

	for (uint32_t i = 0; i < r->n_slices; i++)
		sum += tt_rest_slice(r, i)->count.packets;
	return sum;
}

/* A part that is due is done piece by piece: the one that is open goes on with the next burst. */
static void
no_more_than_some_are_counted_at_once(void **state)
{
	struct tt_tally *t = tally_make(393216);
	struct tt_waiting *w = t->waiting;
	const struct tt_later_queue *q = &w->refused.queues[1];
	uint64_t counted = 0;
	unsigned n_open = 0;

	assert_int_equal(w->refused.most, 1024);
	for (unsigned i = 1; i <= 5000; i++) {
		const struct tt_later_update u = tt_refused_update(tt_addr_v4(i),
				TT_CLASS_TCP_SYN, 256 + i % 256, 0, 60,
				(struct tt_refused_destination){0});
		const uint64_t before = counted;

		tt_tally_put_refused_off(t, u);
		counted = packets_of_slices(&t->rest);
		assert_in_range(counted - before, 0, 512);
		assert_int_equal(counted + q->n, i);
		assert_in_range(q->n, 0, w->refused.most - 1);
		n_open += w->refused_open == 1;
	}
	assert_true(n_open > 0 && counted > 0);
	while (w->refused_open != TT_NO_PART)
		tt_tally_catch_up_refused(t, w->refused_open);
	assert_int_equal(q->n, 0);
	assert_int_equal(q->due, w->refused.most);
	assert_int_equal(packets_of_slices(&t->rest), 5000);
	w->refused_open = 1;
	tt_tally_reset(t);
	assert_int_equal(w->refused_open, TT_NO_PART);
	tt_tally_destroy(t);
}

static uint64_t
waiting_of(const struct tt_waiting *w)
{
	uint64_t sum = 0;

	for (unsigned i = 0; i < TT_REFUSED_PARTS; i++)
		sum += w->refused.queues[i].n;
	return sum;
}

/* Which part a packet goes to is up to its sender, who can see to it that all are full at once. */
static void
parts_that_are_full_together_are_not_counted_together(void **state)
{
	struct tt_tally *t = tally_make(393216);
	struct tt_waiting *w = t->waiting;
	uint64_t put = 0;

	for (uint32_t part = 0; part < TT_REFUSED_PARTS; part++)
		while (w->refused.queues[part].n < w->refused.most - 1) {
			w->refused.queues[part].due = w->refused.most;
			tt_tally_put_refused_off(t,
					tt_refused_update(tt_addr_v4((uint32_t)put++),
							TT_CLASS_TCP_SYN, part << 8, 0,
							60,
							(struct tt_refused_destination){
									0}));
		}
	for (unsigned burst = 0; burst < 2000; burst++) {
		const uint64_t before = waiting_of(w);

		if (w->refused_open != TT_NO_PART)
			tt_tally_catch_up_refused(t, w->refused_open);
		for (uint32_t part = 0; part < TT_REFUSED_PARTS; part++)
			tt_tally_put_refused_off(t,
					tt_refused_update(tt_addr_v4((uint32_t)put++),
							TT_CLASS_TCP_SYN, part << 8, 0,
							60,
							(struct tt_refused_destination){
									0}));
		assert_in_range(before + TT_REFUSED_PARTS - waiting_of(w), 0, 2048);
		assert_int_equal(packets_of_slices(&t->rest) + waiting_of(w), put);
	}
	tt_tally_settle(t);
	assert_int_equal(waiting_of(w), 0);
	assert_int_equal(packets_of_slices(&t->rest), put);
	tt_tally_destroy(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(packets_that_waited_count_as_those_that_did_not),
			cmocka_unit_test(so_they_do_where_tables_are_full),
			cmocka_unit_test(slices_are_found_behind_a_full_line),
			cmocka_unit_test(other_packets_cannot_wait),
			cmocka_unit_test(packets_wait_with_others_of_their_port),
			cmocka_unit_test(no_more_than_some_are_counted_at_once),
			cmocka_unit_test(
					parts_that_are_full_together_are_not_counted_together),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
