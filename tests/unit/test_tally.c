/* SPDX-License-Identifier: BSD-3-Clause */
#include "tally_packets.h"
#include "tt_detections_private.h"
#include "tt_rest_tables.h"
#include "tt_tally_tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void
assert_same_rest(const struct tt_rest *a, const struct tt_rest *b)
{
	assert_memory_equal(a->cells, b->cells, a->n_cells * sizeof(*a->cells));
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

/* Few pairs, and a contact and a source port of its own for nearly each packet. */
static void
count_scans(struct tt_tally *burst, struct tt_tally *one, unsigned n_bursts)
{
	for (unsigned i = 0; i < n_bursts; i++) {
		struct tt_packet p[TT_TALLY_BURST];
		tt_target_key keys[TT_TALLY_BURST];
		const tt_detail details[TT_TALLY_BURST] = {0};
		const int64_t times[TT_TALLY_BURST] = {0};

		for (unsigned k = 0; k < TT_TALLY_BURST; k++) {
			p[k] = (struct tt_packet){.src = tt_addr_v4((uint32_t)draw(50)),
					.dst = tt_addr_v4(0x0a000000
							+ (uint32_t)draw(2000)),
					.ip_version = 4,
					.protocol = TT_PROTO_UDP,
					.has_ports = true,
					.src_port = (uint16_t)draw(65536),
					.dst_port = (uint16_t)draw(64),
					.ip_bytes = 28};
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

	count_scans(burst, one, 20000 / TT_TALLY_BURST);
	assert_true(burst->waiting->contacts.parts > 4);
	/* Now and then one has just been emptied. */
	assert_true(parts_with_something(&burst->waiting->contacts)
			> burst->waiting->contacts.parts / 2);
	assert_true(parts_with_something(&burst->waiting->ports)
			> burst->waiting->ports.parts / 2);
	assert_int_equal(parts_with_something(&one->waiting->contacts), 0);
	a = ordered(burst);
	b = ordered(one);
	assert_int_equal(parts_with_something(&burst->waiting->contacts), 0);
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

static void
assert_adds_up_to(const struct tt_rest *part, const struct tt_rest *whole)
{
	struct tt_rest sum;

	assert_int_equal(tt_rest_init(&sum, &whole->config, tt_mem_heap()), 0);
	tt_rest_add(&sum, part);
	assert_memory_equal(sum.cells, whole->cells, sum.n_cells * sizeof(*sum.cells));
	assert_memory_equal(sum.registers, whole->registers, sum.n_registers);
	assert_int_equal(sum_of_slices(&sum, TT_SLICE_COUNTRY),
			sum_of_slices(whole, TT_SLICE_COUNTRY));
	tt_rest_fini(&sum);
}

static void
a_compact_copy_holds_the_same_counts(void **state)
{
	struct tt_tally *full = tally_make(1024), *one = tally_make(1024), *copy;

	count_both(full, one, 100000, 20);
	copy = tt_tally_compact(full);
	assert_non_null(copy);
	assert_true(tt_tally_is_compact(copy));
	assert_false(tt_tally_is_compact(full));
	assert_int_equal(copy->n_pairs, full->n_pairs);
	for (uint32_t i = 0; i < full->n_pairs; i++)
		assert_memory_equal(tt_tally_pair(copy, i), tt_tally_pair(full, i),
				sizeof(*full->slots));
	assert_int_equal(sum_of_contacts(copy), sum_of_contacts(full));
	assert_int_equal(sum_of_ports(copy), sum_of_ports(full));
	assert_int_equal(copy->pairs_lost.packets, full->pairs_lost.packets);
	assert_adds_up_to(&copy->rest, &full->rest);
	assert_true(tt_tally_compact_bytes(copy) > full->n_pairs * 64);
	tt_tally_destroy(copy);
	tt_tally_destroy(full);
	tt_tally_destroy(one);
}

static int
by_pair(const void *a, const void *b)
{
	const struct tt_slot *x = a, *y = b;
	int order = tt_addr_cmp(tt_slot_src(x), tt_slot_src(y));

	if (order == 0)
		order = x->key < y->key ? -1 : x->key > y->key;
	return order != 0 ? order : x->detail < y->detail ? -1 : x->detail > y->detail;
}

/* A slot holds no more than 32 bits can count, and keeps that when its part is joined. */
static void
a_full_contact_of_a_slot_survives_a_join(void **state)
{
	const struct tt_packet p = {.src = tt_addr_v4(0x01020304),
			.dst = tt_addr_v4(0xc0000201),
			.protocol = TT_PROTO_UDP,
			.has_ports = true,
			.src_port = 7,
			.dst_port = 9,
			.ip_bytes = 28};
	struct tt_tally *parts[2], *compact[2], *joined;

	for (unsigned i = 0; i < 2; i++) {
		parts[i] = tally_make(1024);
		tt_tally_one_ref(parts[i], &p, 0, 1);
		parts[i]->frames = 1;
	}
	parts[0]->slots[0].v4.dst_packets = UINT32_MAX;
	for (unsigned i = 0; i < 2; i++)
		compact[i] = tt_tally_compact(parts[i]);
	for (unsigned i = 0; i < 2; i++) {
		joined = tt_tally_join(compact[i], compact[1 - i]);
		assert_int_equal(joined->n_pairs, 1);
		assert_int_equal(sum_of_contacts(joined), UINT64_C(1) + UINT32_MAX);
		assert_int_equal(sum_of_ports(joined), 2);
		tt_tally_destroy(joined);
	}
	for (unsigned i = 0; i < 2; i++) {
		tt_tally_destroy(compact[i]);
		tt_tally_destroy(parts[i]);
	}
}

/* Of sources that are all different, and all the same. */
static void
a_join_takes_no_more_than_was_worked_out(void **state)
{
	for (unsigned same = 0; same < 2; same++) {
		struct tt_tally *parts[2], *compact[2], *joined;
		struct tt_join_sizes sizes;
		uint64_t bytes = 0;

		for (unsigned i = 0; i < 2; i++) {
			parts[i] = tally_make(100000);
			for (unsigned k = 0; k < 10000; k++) {
				struct tt_packet p = random_packet(4000);

				p.src.lo += same ? 0 : i * 4000;
				tt_tally_one_ref(parts[i], &p, 0, k);
			}
			compact[i] = tt_tally_compact(parts[i]);
			bytes += tt_tally_compact_bytes(compact[i]);
		}
		sizes = tt_tally_join_sizes(compact[0], compact[1]);
		joined = tt_tally_join(compact[0], compact[1]);
		assert_non_null(joined);
		assert_true(sizes.bytes < bytes);
		assert_true(tt_tally_compact_bytes(joined) <= sizes.bytes);
		assert_int_equal(joined->n_pairs, sizes.pairs);
		assert_true(joined->n_contacts <= sizes.contacts);
		assert_true(joined->n_ports <= sizes.ports);
		assert_int_equal(sum_of_pairs(joined), 20000);
		tt_tally_destroy(joined);
		for (unsigned i = 0; i < 2; i++) {
			tt_tally_destroy(compact[i]);
			tt_tally_destroy(parts[i]);
		}
	}
}

static void
joined_parts_hold_what_one_tally_would_have_counted(void **state)
{
	struct tt_tally *whole = tally_make(100000);
	struct tt_tally *parts[2] = {tally_make(100000), tally_make(100000)};
	struct tt_tally *compact[2], *joined;

	for (unsigned i = 0; i < 20000; i++) {
		struct tt_packet p = random_packet(300);
		tt_detail detail = random_detail(&p);
		int64_t time_us = (int64_t)draw(1000000);

		tt_tally_one_ref(whole, &p, detail, time_us);
		tt_tally_one_ref(parts[i % 2], &p, detail, time_us);
	}
	for (unsigned i = 0; i < 2; i++) {
		parts[i]->frames = 10000;
		parts[i]->late = 1 + i;
		parts[i]->first_us = 5 - i;
		parts[i]->last_us = 7 + i;
		compact[i] = tt_tally_compact(parts[i]);
	}
	joined = tt_tally_join(compact[0], compact[1]);
	assert_non_null(joined);
	assert_int_equal(joined->n_pairs, whole->n_pairs);
	assert_int_equal(sum_of_contacts(joined), 20000);
	assert_int_equal(sum_of_ports(joined), sum_of_ports(whole));
	assert_int_equal(joined->frames, 20000);
	assert_int_equal(joined->late, 3);
	assert_int_equal(joined->first_us, 4);
	assert_int_equal(joined->last_us, 8);
	assert_memory_equal(joined->tested, whole->tested, sizeof(whole->tested));
	assert_memory_equal(joined->matched, whole->matched, sizeof(whole->matched));
	assert_adds_up_to(&joined->rest, &whole->rest);
	tt_tally_destroy(compact[0]);
	compact[0] = tt_tally_compact(whole);
	qsort(compact[0]->slots, compact[0]->n_pairs, sizeof(*compact[0]->slots),
			by_pair);
	/* Which contact and port a slot holds depends on what came first. */
	for (uint32_t i = 0; i < joined->n_pairs; i++) {
		const struct tt_slot *a = &joined->slots[i], *b = &compact[0]->slots[i];

		assert_int_equal(by_pair(a, b), 0);
		assert_memory_equal(&a->count, &b->count,
				sizeof(*a) - offsetof(struct tt_slot, count));
	}
	tt_tally_destroy(joined);
	tt_tally_destroy(whole);
	for (unsigned i = 0; i < 2; i++) {
		tt_tally_destroy(compact[i]);
		tt_tally_destroy(parts[i]);
	}
}

static void
rows_and_keys_are_two_ways_to_say_the_same(void **state)
{
	for (uint32_t i = 0; i < TT_N_ROWS; i++) {
		tt_target_key key;
		tt_detail detail;

		tt_row_key(i, &key, &detail);
		assert_int_equal(tt_row_index(key, detail), i);
	}
	for (unsigned i = 0; i < 100000; i++) {
		struct tt_packet p = random_packet(10);
		tt_target_key key = tt_target_key_of(&p), back_key;
		tt_detail detail = random_detail(&p), back;

		tt_row_key(tt_row_index(key, detail), &back_key, &back);
		assert_int_equal(back_key, key);
		assert_int_equal(back, detail & TT_DETAIL_BACKSCATTER);
	}
}

static void
targets_have_an_index_each(void **state)
{
	for (uint32_t i = 0; i < TT_N_TARGETS; i++) {
		struct tt_target t = tt_target_of_index(i);

		assert_int_equal(tt_target_index(tt_target_key_make(t, TT_CLASS_OTHER)),
				i);
	}
}

static void
cells_of_distributions_do_not_meet(void **state)
{
	uint8_t *seen = calloc(TT_N_FIXED_CELLS, 1);

	for (unsigned d = 0; d < TT_N_DISTRIBUTIONS; d++) {
		if (d == TT_DIST_TCP_FLAGS)
			continue;
		for (unsigned c = 0; c < TT_N_CLASSES; c++)
			for (uint32_t v = 0; v < tt_distribution_values(d); v++) {
				int64_t cell = tt_distribution_cell(d, c, v);

				assert_true(cell < TT_CELL_ROW_REST);
				assert_true(cell < 0 || seen[cell]++ == 0);
			}
	}
	for (uint32_t i = 0; i < TT_CELL_ROW_REST; i++)
		assert_int_equal(seen[i], 1);
	free(seen);
}

static void
keys_of_source_ports_and_contacts_come_apart_again(void **state)
{
	const struct tt_tally_config bed = tally_bed(1024);
	tt_target_key key = tt_target_key_make(
			(struct tt_target){TT_PROTO_UDP, 65535, 0}, TT_CLASS_UDP);
	struct tt_addr v6 = {UINT64_C(0x20010db800000000), UINT64_C(5) << 48};

	assert_int_equal(tt_port_key_target(tt_port_key(key, 65535)), key);
	for (uint32_t i = 0; i < 256; i++) {
		uint64_t to = tt_contact_key(bed.destinations, tt_addr_v4(0xc0000200 + i),
				TT_CLASS_OTHER);

		assert_int_equal(tt_contact_class(to), TT_CLASS_OTHER);
		assert_int_equal(tt_contact_unit(bed.destinations, to),
				tt_units_index(bed.destinations,
						tt_addr_v4(0xc0000200 + i)));
	}
	assert_int_equal(tt_contact_unit(bed.destinations,
					 tt_contact_key(bed.destinations, v6, 0)),
			tt_units_index(bed.destinations, v6));
}

static void
too_few_pairs_are_refused(void **state)
{
	struct tt_tally_config config = tally_bed(TT_PAIRS_MIN - 1);
	struct tt_tally *t;
	struct tt_error err = {0};

	assert_true(tt_tally_create(&t, &config, tt_mem_heap(), &err) < 0);
	assert_string_equal(err.where, "pairs");
}

/* Counts what is taken. */
static size_t taken;

static void *
counting_alloc(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	taken += bytes;
	return tt_mem_heap()->alloc(tt_mem_heap(), bytes, purpose);
}

static void
counting_free(struct tt_mem *mem, void *ptr, size_t bytes)
{
	taken -= bytes;
	tt_mem_heap()->free(tt_mem_heap(), ptr, bytes);
}

static void
a_tally_takes_the_bytes_that_it_says_and_gives_all_back(void **state)
{
	struct tt_mem mem = {counting_alloc, counting_free};
	struct tt_tally_config config = tally_bed(30000); /* some arrays: tt_busy.h */
	struct tt_tally *t;
	uint64_t budget = 400 << 20;

	assert_int_equal(tt_tally_create(&t, &config, &mem, NULL), 0);
	assert_int_equal(taken, tt_tally_bytes(&config));
	tt_tally_destroy(t);
	assert_int_equal(taken, 0);
	config.pairs = tt_tally_pairs_for(&config, budget);
	assert_true(config.pairs > 100000 && tt_tally_bytes(&config) <= budget);
	config.pairs *= 2;
	assert_true(tt_tally_bytes(&config) > budget);
	assert_int_equal(tt_tally_pairs_for(&config, 1 << 20), 0);
}

/* Gives memory until a number of times, then none. */
static unsigned gives;

static void *
failing_alloc(struct tt_mem *mem, size_t bytes, const char *purpose)
{
	char *block;

	if (gives-- == 0)
		return NULL;
	/* What is given is not what free() takes. */
	block = aligned_alloc(TT_CACHE_LINE, (bytes / TT_CACHE_LINE + 2) * TT_CACHE_LINE);
	memset(block, 0, bytes + TT_CACHE_LINE);
	return block + TT_CACHE_LINE;
}

static void
failing_free(struct tt_mem *mem, void *ptr, size_t bytes)
{
	free((char *)ptr - TT_CACHE_LINE);
}

static void
short_memory_is_said_and_given_back(void **state)
{
	struct tt_mem mem = {failing_alloc, failing_free};
	struct tt_tally_config config = tally_bed(30000); /* some arrays: tt_busy.h */
	struct tt_tally *t = NULL;
	unsigned n = 0;

	for (; t == NULL; n++) {
		int ret;

		gives = n;
		ret = tt_tally_create(&t, &config, &mem, NULL);
		assert_int_equal(ret, t != NULL ? 0 : -12);
	}
	assert_true(n > 20);
	tt_tally_destroy(t);
}

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

	count_scans(t, one, 40000 / TT_TALLY_BURST);
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
	count_scans(t, one, 40000 / TT_TALLY_BURST);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					a_line_of_contacts_tells_free_slots_and_classes_apart),
			cmocka_unit_test(bursts_count_what_single_packets_count),
			cmocka_unit_test(contacts_and_ports_that_are_put_off_are_counted),
			cmocka_unit_test(
					matches_that_are_put_off_are_counted_when_settled),
			cmocka_unit_test(a_reset_tally_is_as_new),
			cmocka_unit_test(
					a_tally_that_was_discarded_is_as_new_once_it_is_reset),
			cmocka_unit_test(a_fingerprint_moves_no_pair_and_several_do),
			cmocka_unit_test(pairs_that_share_a_line_differ_in_their_tags),
			cmocka_unit_test(sources_of_ipv6_cannot_be_chosen_to_meet),
			cmocka_unit_test(a_compact_copy_holds_the_same_counts),
			cmocka_unit_test(
					joined_parts_hold_what_one_tally_would_have_counted),
			cmocka_unit_test(rows_and_keys_are_two_ways_to_say_the_same),
			cmocka_unit_test(targets_have_an_index_each),
			cmocka_unit_test(cells_of_distributions_do_not_meet),
			cmocka_unit_test(
					keys_of_source_ports_and_contacts_come_apart_again),
			cmocka_unit_test(too_few_pairs_are_refused),
			cmocka_unit_test(
					a_tally_takes_the_bytes_that_it_says_and_gives_all_back),
			cmocka_unit_test(a_full_contact_of_a_slot_survives_a_join),
			cmocka_unit_test(a_join_takes_no_more_than_was_worked_out),
			cmocka_unit_test(short_memory_is_said_and_given_back),
	};

	choose_seed(&tests);
	return cmocka_run_group_tests_name("tally", tests, NULL, NULL);
}
