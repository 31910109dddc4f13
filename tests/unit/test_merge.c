/* SPDX-License-Identifier: BSD-3-Clause */
/* The merge as a whole, while nothing is full: splits, order, totals, errors. */
#include "merge_bed.h"

static struct traffic traffic;
static struct output *whole; /* of one tally, all rows */

#define FOR_ROWS(kind, r)                                       \
	for (__typeof__(whole->kind.rows) r = whole->kind.rows; \
			r < whole->kind.rows + whole->kind.n; r++)

static int
make_whole(void **state)
{
	int ret = open_bed(2);

	if (ret != 0)
		return ret;
	traffic = draw_traffic(&(struct traffic_config){3000, 60, 6, 9});
	whole = merge_over(&(struct run){&traffic, 1});
	return whole->target.n > 10 && whole->victim.n > 10 ? 0 : -1;
}

static int
free_whole(void **state)
{
	free_output(whole);
	free_traffic(&traffic);
	return close_bed(state);
}

static void
the_split_over_tallies_does_not_show(void **state)
{
	static const struct run runs[] = {{.n_tallies = 2},
			{.n_tallies = 3, .uneven = true},
			{.n_tallies = 4, .compact = true}, {.n_tallies = 5, .join = true},
			{.n_tallies = 7}};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(runs); i++) {
		struct run r = runs[i];
		struct output *split;

		r.traffic = &traffic;
		split = merge_over(&r);
		assert_string_equal(split->text, whole->text);
		assert_memory_equal(
				&split->totals, &whole->totals, sizeof(whole->totals));
		free_output(split);
	}
}

/* Tables of few pairs have no arrays for busy targets (tt_busy.h). */
static void
what_is_busy_does_not_show(void **state)
{
	static const struct run runs[] = {{.n_tallies = 1},
			{.n_tallies = 1, .uses_up = true},
			{.n_tallies = 3, .uneven = true},
			{.n_tallies = 2, .compact = true},
			{.n_tallies = 2, .join = true}};
	struct traffic many = draw_traffic(
			&(struct traffic_config){20000, 60, 2, TT_BUSY_PORTS});
	struct output *plain = merge_over(
			&(struct run){&many, 1, .pairs = TT_BUSY_PORTS / 4 * 3 / 4});

	assert_int_equal(plain->totals.ports.packets, 0);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(runs); i++) {
		struct run r = runs[i];
		struct tt_tally *tallies[N_TALLIES_MAX];
		struct tt_merge *merge = new_merge(&r, 20000);
		struct output *o;
		unsigned n;

		r.traffic = &many;
		n = new_tallies(&r, tallies);
		assert_true(r.compact || r.join || tallies[0]->busy->n > 1);
		o = output_of(merge, tallies, n, START_US);
		assert_string_equal(o->text, plain->text);
		free_output(o);
		tt_merge_destroy(merge);
		for (unsigned t = 0; t < n; t++)
			tt_tally_destroy(tallies[t]);
	}
	free_output(plain);
	free_traffic(&many);
}

/* Alone, compact or not, or one of two; and once more with tables that were used up before. */
static void
what_may_be_used_up_gives_the_same(void **state)
{
	static const struct run runs[] = {{.n_tallies = 1, .uses_up = true},
			{.n_tallies = 1, .uses_up = true, .compact = true},
			{.n_tallies = 2, .uses_up = true}};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(runs); i++) {
		struct run r = runs[i];
		struct tt_tally *tallies[N_TALLIES_MAX];
		struct tt_merge *merge = new_merge(&r, 3000);

		r.traffic = &traffic;
		new_tallies(&r, tallies);
		for (unsigned round = 0; round < (r.compact ? 1 : 2); round++) {
			struct output *o = output_of(
					merge, tallies, r.n_tallies, START_US);

			assert_string_equal(o->text, whole->text);
			free_output(o);
			for (unsigned t = 0; t < r.n_tallies && !r.compact; t++)
				tt_tally_reset(tallies[t]);
			if (!r.compact)
				fill(&r, tallies);
		}
		tt_merge_destroy(merge);
		for (unsigned t = 0; t < r.n_tallies; t++)
			tt_tally_destroy(tallies[t]);
	}
}

/* Lines are "kind key | values", and keys of a kind compare as text. */
static void
rows_of_every_table_are_in_order_and_distinct(void **state)
{
	char *copy = strdup(whole->text), *last = NULL, *save = NULL;

	for (char *line = strtok_r(copy, "\n", &save); line != NULL;
			line = strtok_r(NULL, "\n", &save)) {
		size_t kind = strcspn(line, " ");

		*strchr(line, '|') = '\0';
		if (last != NULL && strncmp(last, line, kind + 1) == 0
				&& strcmp(last, line) >= 0)
			fail_msg("%s before %s", last, line);
		last = line;
	}
	free(copy);
}

static void
totals_are_those_of_all_packets(void **state)
{
	const struct tt_totals *t = &whole->totals;
	struct answer a = ask(&traffic, any_packet, NULL);

	assert_int_equal(t->count.packets, traffic.n);
	assert_int_equal(t->count.bytes, a.count.bytes);
	assert_int_equal(t->frames, traffic.n);
	assert_int_equal(t->fates[TT_FATE_COUNTED], traffic.n);
	assert_int_equal(t->frame_bytes, a.count.bytes + 14 * traffic.n);
	assert_true(t->first_us >= START_US && t->last_us < START_US + 1000);
	assert_int_equal(t->sources_one_in, 1);
	assert_int_equal(t->contacts_one_in, 1);
	assert_int_equal(t->returning_one_in, 1);
	assert_int_equal(t->recall_since_us, START_US);
	assert_int_equal(t->pairs.keys + t->contacts.keys + t->ports.keys + t->slices.keys
					+ t->talkers.keys + t->sketches.keys,
			0);
}

static void
nothing_merges_into_nothing(void **state)
{
	struct tt_merge *merge = new_merge(&(struct run){0}, 0);
	struct output *o = output_of(merge, NULL, 0, START_US);

	assert_int_equal(o->totals.frames + o->totals.count.packets
					+ o->totals.uniq_src_ip + o->totals.targets,
			0);
	assert_int_equal(o->totals.sources_one_in, 1);
	assert_int_equal(o->rule.n, 2);
	assert_int_equal(o->rule.rows[0].tested + o->rule.rows[1].sources, 0);
	assert_int_equal(o->target.n + o->country.n + o->source.n + o->destination.n
					+ o->distribution.n + o->sketch.n + o->talker.n,
			0);
	free_output(o);
	tt_merge_destroy(merge);
}

#define REFUSE(name, type)                                                           \
	static int refuse_##name(                                                    \
			void *context, const struct type *row, struct tt_error *err) \
	{                                                                            \
		return tt_error_set(err, -28, "disk", "no room for a " #name);       \
	}
KINDS(REFUSE)

#define REFUSING(name, type) {.name = refuse_##name},

/* The third row, when something is in the merge's own tables. */
static int
refuse_third(void *context, const struct tt_target_row *row, struct tt_error *err)
{
	unsigned *left = context;

	assert_int_not_equal(*left, 0);
	return --*left == 0 ? -5 : 0;
}

static void
what_a_sink_returns_ends_the_merge_and_the_next_is_whole(void **state)
{
	const struct tt_merge_sink sinks[] = {KINDS(REFUSING)};
	struct run r = {&traffic, 2};
	struct tt_tally *tallies[N_TALLIES_MAX];
	unsigned n = new_tallies(&r, tallies), left = 3;
	struct tt_merge *merge = new_merge(&r, 10);
	struct tt_merge_sink third = {.context = &left, .target = refuse_third};
	struct tt_totals totals;
	struct output *o;

	for (unsigned i = 0; i < TT_ARRAY_SIZE(sinks); i++) {
		struct tt_error err = {0};

		assert_int_equal(tt_merge_run(merge, tallies, n, START_US, &sinks[i],
						 &totals, &err),
				-28);
		assert_string_equal(err.where, "disk");
	}
	assert_int_equal(tt_merge_run(merge, tallies, n, START_US, &third, &totals, NULL),
			-5);
	o = output_of(merge, tallies, n, START_US);
	assert_string_equal(o->text, whole->text);
	free_output(o);
	tt_merge_destroy(merge);
	for (unsigned i = 0; i < n; i++)
		tt_tally_destroy(tallies[i]);
}

static void
scaled_errors_are_rounded_up(void **state)
{
	assert_int_equal(tt_scaled_error(1000, 1), 0);
	assert_int_equal(tt_scaled_error(0, 1), 0);
	assert_int_equal(tt_scaled_error(0, 8), 8);
	assert_int_equal(tt_scaled_error(8, 8), 8);
	assert_int_equal(tt_scaled_error(100, 2), 10);
	assert_int_equal(tt_scaled_error(101, 2), 11);
	assert_int_equal(tt_scaled_error(1 << 20, 5), 2048);
	assert_int_equal(tt_scaled_error(UINT64_MAX, 2), UINT64_C(1) << 32);
	for (uint64_t root = (1 << 25) - 3; root < (1 << 25) + 3; root++) {
		assert_int_equal(tt_scaled_error(root * root - 1, 2), root);
		assert_int_equal(tt_scaled_error(root * root, 2), root);
		assert_int_equal(tt_scaled_error(root * root + 1, 2), root + 1);
	}
}

/* A word has 26 bits for the packets of a port. */
static void
a_port_of_many_packets_is_one_row(void **state)
{
	static const uint64_t many[] = {(1 << 26) - 2, (1 << 26) - 1, 1 << 26,
			UINT64_C(10000000000), UINT64_C(1) << 62};
	struct tt_packet packets[2] = {{.ip_version = 4,
			.protocol = TT_PROTO_UDP,
			.has_ports = true,
			.src = tt_addr_v4(1),
			.dst = tt_addr_v4(0xc0000201),
			.ip_bytes = 60,
			.src_port = 1000,
			.dst_port = 53}};
	tt_detail details[2] = {0};
	int64_t times[2] = {START_US, START_US};
	struct traffic two = {packets, details, times, 2};
	const struct run run = {&two, 1};

	packets[0].parts = tt_packet_parts_of(&packets[0]);
	packets[1] = packets[0];
	packets[1].src_port = 2000; /* a pair holds one port, this one is in the table */
	for (unsigned i = 0; i < TT_ARRAY_SIZE(many); i++) {
		struct tt_tally *t;
		struct tt_merge *merge = new_merge(&run, 10); /* which has little room */
		struct output *o;

		new_tallies(&run, &t);
		assert_int_equal(t->n_ports, 1);
		t->ports[t->ports_at[0]].packets += many[i];
		t->slots[0].count.packets += many[i];
		o = output_of(merge, &t, 1, START_US);
		assert_int_equal(o->source_port.n, 2);
		assert_int_equal(o->source_port.rows[0].source_port, 2000);
		assert_int_equal(o->source_port.rows[0].packets, many[i] + 1);
		assert_int_equal(o->source_port.rows[1].source_port, 1000);
		assert_int_equal(o->source_port.rows[1].packets, 1);
		free_output(o);
		tt_merge_destroy(merge);
		tt_tally_destroy(t);
	}
}

/* Rows of a merge, and how many of them came again. */
struct again {
	const struct output *whole;
	size_t at;
};

static int
compare_sketches(void *context, const struct tt_sketch_rows *r, struct tt_error *err)
{
	struct again *again = context;

	assert_in_range(r->n, 1, TT_SKETCH_ROWS_MAX);
	for (unsigned i = 0; i < r->n; i++) {
		const struct tt_sketch_row *one = &again->whole->sketch.rows[again->at++];

		assert_true(again->at <= again->whole->sketch.n);
		assert_int_equal(one->kind, r->kind);
		assert_int_equal(one->key, r->key);
		assert_int_equal(one->p, r->p);
		assert_int_equal(one->reg, r->regs[i]);
		assert_int_equal(one->rho, r->rhos[i]);
	}
	return 0;
}

static void
sketch_rows_at_once_are_those_one_by_one(void **state)
{
	struct again again = {.whole = whole};
	const struct tt_merge_sink sink = {
			.context = &again, .sketches = compare_sketches};
	const struct run run = {&traffic, 1};
	struct tt_merge *merge = new_merge(&run, 1000);
	struct tt_totals totals;
	struct tt_tally *t;

	new_tallies(&run, &t);
	assert_int_equal(tt_merge_run(merge, &t, 1, START_US, &sink, &totals, NULL), 0);
	assert_int_equal(again.at, whole->sketch.n);
	assert_true(again.at > TT_SKETCH_ROWS_MAX);
	tt_merge_destroy(merge);
	tt_tally_destroy(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(the_split_over_tallies_does_not_show),
			cmocka_unit_test(what_may_be_used_up_gives_the_same),
			cmocka_unit_test(what_is_busy_does_not_show),
			cmocka_unit_test(rows_of_every_table_are_in_order_and_distinct),
			cmocka_unit_test(totals_are_those_of_all_packets),
			cmocka_unit_test(nothing_merges_into_nothing),
			cmocka_unit_test(
					what_a_sink_returns_ends_the_merge_and_the_next_is_whole),
			cmocka_unit_test(scaled_errors_are_rounded_up),
			cmocka_unit_test(a_port_of_many_packets_is_one_row),
			cmocka_unit_test(sketch_rows_at_once_are_those_one_by_one),
	};

	draw_state = choose_seed();
	return cmocka_run_group_tests_name("merge", tests, make_whole, free_whole);
}
