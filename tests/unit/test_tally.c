/* SPDX-License-Identifier: BSD-3-Clause */
/* Bursts against packets one by one; what is put off, and counted in the end; tallies that are used again. */
#include "tally_packets.h"
#include "tt_detections_private.h"
#include "tt_tally_tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
assert_same_rest(const struct tt_rest *a, const struct tt_rest *b)
{
	assert_true(same_cells(a, b));
	assert_memory_equal(a->registers, b->registers, a->n_registers);
	assert_int_equal(a->n_slices, b->n_slices);
	assert_memory_equal(a->slices, b->slices, a->n_slices * sizeof(*a->slices));
	assert_int_equal(a->n_talkers, b->n_talkers);
	assert_memory_equal(
			a->talkers, b->talkers, a->config.talkers * sizeof(*a->talkers));
}

static void
assert_same(struct tt_tally *a, struct tt_tally *b)
{
	tt_tally_settle(a);
	tt_tally_settle(b);
	assert_int_equal(a->n_pairs, b->n_pairs);
	assert_int_equal(a->pair_shift, b->pair_shift);
	assert_int_equal(a->contact_shift, b->contact_shift);
	assert_memory_equal(a->slots, b->slots, a->max_pairs * sizeof(*a->slots));
	assert_memory_equal(a->pair_lines.lines, b->pair_lines.lines,
			(a->pair_lines.mask + 1) * sizeof(*a->pair_lines.lines));
	assert_memory_equal(a->contact_lines, b->contact_lines,
			(a->contact4_mask + 1) / TT_CONTACT_WAYS
					* sizeof(*a->contact_lines));
	assert_memory_equal(a->contacts, b->contacts,
			(a->contact6_mask + 1) * sizeof(*a->contacts));
	assert_memory_equal(a->ports, b->ports, (a->port_mask + 1) * sizeof(*a->ports));
	assert_memory_equal(a->tested, b->tested, sizeof(a->tested));
	assert_memory_equal(a->matched, b->matched, sizeof(a->matched));
	assert_int_equal(a->pairs_lost.packets, b->pairs_lost.packets);
	assert_int_equal(a->contacts_lost.packets, b->contacts_lost.packets);
	assert_int_equal(a->ports_lost.packets, b->ports_lost.packets);
	assert_same_rest(&a->rest, &b->rest);
}

static void
bursts_count_what_single_packets_count(void **state)
{
	struct tt_tally *burst = tally_make(100000), *one = tally_make(100000);

	count_both(burst, one, 3000, 200);
	assert_same(burst, one);
	assert_int_equal(burst->pair_shift + burst->contact_shift, 0);
	assert_int_equal(burst->pairs_lost.packets + burst->ports_lost.packets, 0);
	tt_tally_destroy(burst);
	tt_tally_destroy(one);
}

static int
by_port(const void *x, const void *y)
{
	const struct tt_port_entry *a = x, *b = y;

	return (a->key > b->key) - (a->key < b->key);
}

static int
by_contact(const void *x, const void *y)
{
	const struct tt_entry *a = x, *b = y;
	const int order = tt_addr_cmp(a->src, b->src);

	return order != 0 ? order : (a->key > b->key) - (a->key < b->key);
}

/* A compact copy in which contacts and ports have an order that does not depend on where they stood. */
static struct tt_tally *
ordered(struct tt_tally *t)
{
	struct tt_tally *copy = tt_tally_compact(t);

	assert_non_null(copy);
	qsort(copy->contacts, copy->n_contacts, sizeof(*copy->contacts), by_contact);
	qsort(copy->ports, copy->n_ports, sizeof(*copy->ports), by_port);
	return copy;
}

static unsigned
parts_with_something(const struct tt_later *later)
{
	unsigned n = 0;

	for (uint64_t i = 0; i < later->parts; i++)
		n += later->queues[i].n != 0;
	return n;
}

/* From one of 50 sources to one of 2,000 destinations. */
static void
draw_ends(struct tt_packet *p, bool v6)
{
	const uint64_t src = draw(50), dst = draw(2000);

	p->ip_version = v6 ? 6 : 4;
	p->src = tt_addr_v4((uint32_t)src);
	p->dst = tt_addr_v4(0x0a000000 + (uint32_t)dst);
	if (!v6)
		return;
	p->src = (struct tt_addr){UINT64_C(0x20010db9) << 32 | src, draw(2)};
	p->dst = (struct tt_addr){UINT64_C(0x20010db8) << 32, dst << 48};
}

/* Few pairs, and a contact and a source port of its own for nearly each packet. v6: half of them are of IPv6. */
static void
count_scans(struct tt_tally *burst, struct tt_tally *one, unsigned n_bursts, bool v6)
{
	for (unsigned i = 0; i < n_bursts; i++) {
		struct tt_packet p[TT_TALLY_BURST];
		tt_target_key keys[TT_TALLY_BURST];
		const tt_detail details[TT_TALLY_BURST] = {0};
		const int64_t times[TT_TALLY_BURST] = {0};

		for (unsigned k = 0; k < TT_TALLY_BURST; k++) {
			p[k] = (struct tt_packet){.protocol = TT_PROTO_UDP,
					.has_ports = true,
					.src_port = (uint16_t)draw(65536),
					.dst_port = (uint16_t)draw(64),
					.ip_bytes = 28};
			draw_ends(&p[k], v6 && draw(2) == 0);
			keys[k] = tt_target_key_of(&p[k]);
			tt_tally_one_ref(one, &p[k], 0, 0);
		}
		tt_tally_burst(burst, p, keys, details, times, TT_TALLY_BURST);
	}
}

static void
contacts_and_ports_that_are_put_off_are_counted(void **state)
{
	struct tt_tally *burst = tally_make(24576), *one = tally_make(24576), *a, *b;

	count_scans(burst, one, 20000 / TT_TALLY_BURST, true);
	assert_true(burst->waiting->contacts.parts > 4);
	/* Now and then one has just been emptied. */
	assert_true(parts_with_something(&burst->waiting->contacts)
			> burst->waiting->contacts.parts / 2);
	assert_true(burst->waiting->contacts6.parts >= 4);
	assert_true(parts_with_something(&burst->waiting->contacts6)
			> burst->waiting->contacts6.parts / 2);
	assert_true(parts_with_something(&burst->waiting->ports)
			> burst->waiting->ports.parts / 2);
	assert_int_equal(parts_with_something(&one->waiting->contacts), 0);
	assert_int_equal(parts_with_something(&one->waiting->contacts6), 0);
	a = ordered(burst);
	b = ordered(one);
	assert_int_equal(parts_with_something(&burst->waiting->contacts), 0);
	assert_int_equal(parts_with_something(&burst->waiting->contacts6), 0);
	assert_int_equal(a->contact_shift, 0);
	assert_int_equal(a->n_contacts, b->n_contacts);
	assert_memory_equal(
			a->contacts, b->contacts, a->n_contacts * sizeof(*a->contacts));
	assert_int_equal(a->n_ports, b->n_ports);
	assert_memory_equal(a->ports, b->ports, a->n_ports * sizeof(*a->ports));
	tt_tally_destroy(a);
	tt_tally_destroy(b);
	tt_tally_destroy(burst);
	tt_tally_destroy(one);
}

static void
matches_that_are_put_off_are_counted_when_settled(void **state)
{
	static struct tt_rule rule;
	static const struct tt_rules set = {.rules = &rule, .n = 1};
	const struct tt_packet p = {.src = tt_addr_v4(1), .dst = tt_addr_v4(2)};
	struct tt_tally_config config = tally_bed(1024);
	struct tt_tally *t = NULL;
	uint64_t hits = 0;

	config.rules = &set;
	config.signature_hits = TT_HITS_MIN;
	assert_int_equal(tt_tally_create(&t, &config, tt_mem_heap(), NULL), 0);
	tt_detections_put_off(&t->detections, 0, &p, 1);
	assert_int_equal(t->detections.n_put_off, 1);
	tt_tally_settle(t);
	assert_int_equal(t->detections.n_put_off, 0);
	for (uint64_t i = 0; i < t->detections.n_hits; i++)
		hits += t->detections.hits[i].packets;
	assert_int_equal(hits, 1);
	tt_tally_destroy(t);
}

static void
a_reset_tally_is_as_new(void **state)
{
	static const uint64_t sources[] = {20, 100000};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(sources); i++) {
		struct tt_tally *fresh = tally_make(2000), *used = tally_make(2000),
				*other = tally_make(2000);

		count_both(used, other, sources[i], 40);
		used->fates[TT_FATE_ARP] = 3;
		used->late = 4;
		used->owner = 5;
		tt_tally_reset(used);
		assert_same(used, fresh);
		assert_int_equal(used->frames + used->late + used->fates[TT_FATE_ARP], 0);
		assert_int_equal(used->owner, 5);
		assert_int_equal(sum_of_cells(&used->rest, 0, used->rest.n_cells), 0);
		tt_tally_destroy(fresh);
		tt_tally_destroy(used);
		tt_tally_destroy(other);
	}
}

/* Is all of a tally's memory that it is counted in as that of a new one, once it is discarded and reset? */
static void
discard_and_reset(struct tt_tally *t)
{
	struct tt_tally *clean = tally_make(24576);

	tt_tally_settle(t);
	tt_tally_discard_waiting(t);
	tt_tally_discard_contacts(t);
	tt_tally_reset(t);
	assert_same(t, clean);
	assert_int_equal(t->n_contacts, 0);
	tt_tally_destroy(clean);
}

static void
a_tally_that_was_discarded_is_as_new_once_it_is_reset(void **state)
{
	struct tt_tally *t = tally_make(24576), *one = tally_make(24576), *compact;
	uint64_t packets;
	uint32_t n;

	count_scans(t, one, 40000 / TT_TALLY_BURST, false);
	tt_tally_settle(t);
	n = t->n_contacts;
	assert_true(n > (t->contact4_mask + 1) / 4 && t->n_contacts6 == 0);
	compact = tt_tally_compact(t);
	assert_non_null(compact);
	tt_tally_discard_waiting(compact);
	tt_tally_discard_contacts(compact);
	assert_int_equal(compact->n_contacts, n);
	tt_tally_destroy(compact);
	packets = sum_of_contacts(t);
	tt_tally_discard_waiting(t);
	assert_int_equal(t->n_contacts, n);
	assert_int_equal(sum_of_contacts(t), packets);
	tt_tally_discard_contacts(t);
	assert_int_equal(t->n_contacts, 0);
	discard_and_reset(t);
	/* With contacts of IPv6 among them they all stay. */
	tt_tally_reset(one);
	count_scans(t, one, 40000 / TT_TALLY_BURST, false);
	count_both(t, one, 3000, 20);
	tt_tally_settle(t);
	n = t->n_contacts;
	packets = sum_of_contacts(t);
	assert_true(n > (t->contact4_mask + 1) / 4 && t->n_contacts6 > 0);
	tt_tally_discard_contacts(t);
	assert_int_equal(t->n_contacts, n);
	assert_int_equal(sum_of_contacts(t), packets);
	discard_and_reset(t);
	tt_tally_destroy(t);
	tt_tally_destroy(one);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(bursts_count_what_single_packets_count),
			cmocka_unit_test(contacts_and_ports_that_are_put_off_are_counted),
			cmocka_unit_test(
					matches_that_are_put_off_are_counted_when_settled),
			cmocka_unit_test(a_reset_tally_is_as_new),
			cmocka_unit_test(
					a_tally_that_was_discarded_is_as_new_once_it_is_reset),
	};

	draw_state = choose_seed();
	return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
