/* SPDX-License-Identifier: BSD-3-Clause */
/* The first packets of each signature: the earliest, however they are spread, copied and joined; and the
 * file of them, also where its bytes are others. */
#include "draw.h"
#include "tt_packets.h"
#include "tt_sha256.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FRAMES 2000
#define RULES  40
#define EACH   5
#define PARTS  3

static uint8_t bytes[FRAMES][40];
static struct tt_kept_frame frames[FRAMES];
static struct tt_rule rules[TT_KEPT_RULES + 2];
static struct tt_rules set = {.rules = rules, .n = TT_KEPT_RULES + 2};

static void
make_frames(void)
{
	for (unsigned i = 0; i < FRAMES; i++) {
		const uint32_t n = (uint32_t)(30 + draw(11));

		for (unsigned k = 0; k < n; k++)
			bytes[i][k] = (uint8_t)draw(2);
		frames[i] = (struct tt_kept_frame){bytes[i], (int64_t)draw(30), n,
				n + (uint32_t)draw(2), (uint16_t)(1 + draw(2))};
	}
	for (unsigned i = 0; i < set.n; i++)
		rules[i] = (struct tt_rule){.gid = 1, .sid = i + 1, .message = ""};
}

static struct tt_kept_table
make(unsigned each)
{
	struct tt_kept_table k;

	assert_int_equal(tt_kept_init(&k, each, tt_mem_heap(), NULL), 0);
	return k;
}

static struct tt_tally
tally_of(const struct tt_kept_table *kept)
{
	return (struct tt_tally){.detections.config.rules = &set, .kept = *kept};
}

static void
select_from(struct tt_packet_records *r, const struct tt_kept_table *tables, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		const struct tt_tally tally = tally_of(&tables[i]);

		assert_int_equal(tt_packets_of_tally(r, &tally), 0);
	}
	tt_packets_select(r, EACH);
}

static void
assert_same(const struct tt_packet_records *a, const struct tt_packet_records *b)
{
	assert_int_equal(a->n, b->n);
	for (size_t i = 0; i < a->n; i++) {
		assert_int_equal(a->all[i].sid, b->all[i].sid);
		assert_int_equal(tt_kept_compare(&a->all[i].frame, &b->all[i].frame), 0);
	}
}

/* Of every frame and each of its rules, without tables. */
static void
select_plainly(struct tt_packet_records *r)
{
	r->all = calloc((size_t)FRAMES * 2, sizeof(*r->all));
	r->room = (size_t)FRAMES * 2;
	for (unsigned i = 0; i < FRAMES; i++)
		for (unsigned k = 0; k < 2; k++)
			r->all[r->n++] = (struct tt_packet_record){.gid = 1,
					.sid = 1 + (i * (k + 1)) % RULES + 40 * k,
					.message = "",
					.frame = frames[i]};
	tt_packets_select(r, EACH);
	assert_true(tt_packets_are_selected(r, EACH));
	assert_false(tt_packets_are_selected(r, EACH - 1));
}

static void
fill(struct tt_kept_table *tables, unsigned n)
{
	for (unsigned i = 0; i < FRAMES; i++)
		for (unsigned k = 0; k < 2; k++)
			tt_kept_add(&tables[draw(n)], (i * (k + 1)) % RULES + 40 * k,
					&frames[i]);
}

static void
the_earliest_are_kept_however_they_are_spread(void **state)
{
	struct tt_packet_records plain = {0}, whole = {0}, spread = {0};
	struct tt_kept_table one = make(EACH), parts[PARTS];

	make_frames();
	select_plainly(&plain);
	fill(&one, 1);
	select_from(&whole, &one, 1);
	assert_same(&plain, &whole);
	for (unsigned i = 0; i < PARTS; i++)
		parts[i] = make(EACH);
	/* Again, in tables that were used. */
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < PARTS; i++)
			tt_kept_reset(&parts[i]);
		fill(parts, PARTS);
		tt_packets_fini(&spread);
		select_from(&spread, parts, PARTS);
		assert_same(&plain, &spread);
	}
	tt_packets_fini(&plain);
	tt_packets_fini(&whole);
	tt_packets_fini(&spread);
	tt_kept_fini(&one);
	for (unsigned i = 0; i < PARTS; i++)
		tt_kept_fini(&parts[i]);
}

static void
copies_and_two_as_one_have_the_same(void **state)
{
	struct tt_packet_records plain = {0}, joined = {0};
	struct tt_kept_table parts[2] = {make(EACH), make(EACH)}, copies[2], both;

	make_frames();
	select_plainly(&plain);
	fill(parts, 2);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(tt_kept_compact(&copies[i], &parts[i]), 0);
		assert_int_equal(copies[i].n_packets, parts[i].n_packets);
		tt_kept_fini(&parts[i]);
	}
	assert_int_equal(tt_kept_join(&both, &copies[0], &copies[1]), 0);
	assert_true(tt_kept_compact_bytes(&both) <= tt_kept_compact_bytes(&copies[0])
					+ tt_kept_compact_bytes(&copies[1]));
	/* What is left out takes no memory. */
	assert_true(malloc_usable_size(both.packets)
			< tt_kept_compact_bytes(&both) + 8192);
	select_from(&joined, &both, 1);
	assert_int_equal(both.n_packets, joined.n);
	assert_same(&plain, &joined);
	tt_packets_fini(&plain);
	tt_packets_fini(&joined);
	tt_kept_fini(&both);
	for (unsigned i = 0; i < 2; i++)
		tt_kept_fini(&copies[i]);
}

static void
more_rules_than_there_is_room_for_are_left_out(void **state)
{
	struct tt_kept_table k = make(1);

	make_frames();
	for (unsigned i = 0; i < TT_KEPT_RULES + 2; i++)
		tt_kept_add(&k, i, &frames[0]);
	assert_int_equal(k.n_packets, TT_KEPT_RULES);
	tt_kept_reset(&k);
	tt_kept_add(&k, TT_KEPT_RULES + 1, &frames[0]);
	assert_int_equal(k.n_packets, 1);
	tt_kept_fini(&k);
}

/* The rules of a set in an order, of two packets each, spread over tables. */
static void
fill_with_all(struct tt_kept_table *tables, unsigned n, unsigned step)
{
	for (unsigned i = 0; i < 2 * set.n; i++)
		tt_kept_add(&tables[draw(n)], i * step % set.n, &frames[i / set.n]);
}

static void
which_rules_are_left_out_depends_on_the_rules_alone(void **state)
{
	/* No factor in common with the number of rules, 1026. */
	static const unsigned steps[] = {1, 341, 1025};
	struct tt_packet_records wanted = {0};
	struct tt_kept_table one = make(EACH), parts[PARTS];

	make_frames();
	fill_with_all(&one, 1, 1);
	select_from(&wanted, &one, 1);
	for (unsigned i = 0; i < PARTS; i++)
		parts[i] = make(EACH);
	for (unsigned n = 1; n <= PARTS; n++) {
		for (unsigned k = 0; k < TT_ARRAY_SIZE(steps); k++) {
			struct tt_packet_records r = {0};

			for (unsigned i = 0; i < n; i++)
				tt_kept_reset(&parts[i]);
			fill_with_all(parts, n, steps[k]);
			select_from(&r, parts, n);
			assert_int_equal(r.n, 2 * TT_KEPT_RULES);
			for (size_t i = 0; i < r.n; i++)
				assert_in_range(r.all[i].sid, 1, TT_KEPT_RULES);
			assert_same(&wanted, &r);
			tt_packets_fini(&r);
		}
	}
	tt_packets_fini(&wanted);
	tt_kept_fini(&one);
	for (unsigned i = 0; i < PARTS; i++)
		tt_kept_fini(&parts[i]);
}

static void
write_bytes(const char *path, const uint8_t *all, size_t n)
{
	FILE *out = fopen(path, "wb");

	assert_non_null(out);
	assert_int_equal(fwrite(all, 1, n, out), n);
	fclose(out);
}

/* Damage that the manifest's hash does not tell. */
static void
bytes_that_are_others_are_read_or_refused(void **state)
{
	char dir[] = "/tmp/test-kept-XXXXXX", path[64];
	struct tt_kept_table one = make(EACH);
	struct tt_packet_records records = {0}, again = {0};
	struct tt_snapshot s = {.path = mkdtemp(dir)};
	struct tt_manifest *m = &s.manifest;
	unsigned refused = 0;
	uint8_t *good, *bad;
	int fd = open(dir, O_RDONLY | O_DIRECTORY), file;

	make_frames();
	fill(&one, 1);
	select_from(&records, &one, 1);
	assert_int_equal(tt_packets_write(&records, fd, false, m, NULL), 0);
	assert_int_equal(tt_packets_read(&again, &s, NULL), 0);
	assert_same(&records, &again);
	tt_packets_fini(&again);
	snprintf(path, sizeof(path), "%s/" TT_PACKETS_FILE, dir);
	good = malloc((size_t)m->packets_file.bytes);
	bad = malloc((size_t)m->packets_file.bytes);
	file = open(path, O_RDONLY);
	assert_int_equal(read(file, good, (size_t)m->packets_file.bytes),
			m->packets_file.bytes);
	close(file);
	for (unsigned round = 0; round < 500; round++) {
		const size_t n = (size_t)m->packets_file.bytes;
		int ret;

		memcpy(bad, good, n);
		for (unsigned i = 0; i <= draw(3); i++)
			bad[draw(n)] ^= (uint8_t)(1 << draw(8));
		write_bytes(path, bad, n);
		assert_int_equal(tt_sha256_of_file(path, m->packets_file.sha256), 0);
		ret = tt_packets_read(&again, &s, NULL);
		assert_true(ret == 0 || ret == -EBADMSG);
		(void)tt_packets_are_selected(&again, EACH);
		refused += ret != 0;
		tt_packets_fini(&again);
	}
	assert_true(refused > 50);
	free(good);
	free(bad);
	unlink(path);
	rmdir(dir);
	close(fd);
	tt_packets_fini(&records);
	tt_kept_fini(&one);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(the_earliest_are_kept_however_they_are_spread),
			cmocka_unit_test(copies_and_two_as_one_have_the_same),
			cmocka_unit_test(more_rules_than_there_is_room_for_are_left_out),
			cmocka_unit_test(
					which_rules_are_left_out_depends_on_the_rules_alone),
			cmocka_unit_test(bytes_that_are_others_are_read_or_refused),
	};
	const char *given = getenv("TT_SEED");

	draw_state = given != NULL ? strtoull(given, NULL, 0) : 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
