/* SPDX-License-Identifier: BSD-3-Clause */
#include "measures_bed.h"

#include "tt_tally_tables.h"

#include <unistd.h>

static const char *const drawn_rules =
		"version: 1\n"
		"fingerprints:\n"
		"  - {id: once, title: t, match: ip.id == 1, chance: 1/65536, origin: test,\n"
		"     source: {packets: 1, percent: 1}}\n"
		"  - {id: twice, title: t, match: ip.id == 1, chance: 1/65536, origin: test,\n"
		"     source: {packets: 2, percent: 50}}\n"
		"  - {id: always, title: t, match: ip.id == 1, chance: 1/65536, origin: test,\n"
		"     source: {packets: 3, percent: 100}}\n"
		"  - {id: often, title: t, match: ip.id == 1, chance: 1/65536, origin: test,\n"
		"     source: {packets: 1, percent: 70}}\n";

/* Ends the check where something that must work does not. */
static void
must(int ret, const struct tt_error *err)
{
	if (ret != 0) {
		fprintf(stderr, "%s: %s\n", err->where, err->why);
		abort();
	}
}

static FILE *
temporary(char *path)
{
	int fd = mkstemp(path);

	TT_ASSERT(fd >= 0);
	return fdopen(fd, "w");
}

/* Countries by the first four bits of IPv4, by the last bit of the first 64 of IPv6. */
static void
open_geo(struct bed *bed)
{
	char v4[] = "/tmp/check-geoip-XXXXXX", v6[] = "/tmp/check-geoip6-XXXXXX";
	char paths[sizeof(v4) + sizeof(v6) + 2];
	FILE *out = temporary(v4);
	struct tt_error err = {0};

	for (unsigned i = 1; i < 16; i++)
		fprintf(out, "%lu,%lu,%c%c\n", (unsigned long)i << 28,
				((unsigned long)i << 28) + 0xfffffff, 'A' + (char)i % 3,
				'A' + (char)i % 5);
	fclose(out);
	out = temporary(v6);
	fprintf(out, "2a00::,2a00::ffff:ffff:ffff:ffff,JP\n");
	fprintf(out, "2a00:0:0:1::,2a00:0:0:7fff:ffff:ffff:ffff:ffff,ZZ\n");
	fclose(out);
	snprintf(paths, sizeof(paths), "%s,%s", v4, v6);
	must(tt_geo_open(&bed->geo, paths, tt_mem_heap(), &err), &err);
	unlink(v4);
	unlink(v6);
	if (access(TT_ASN_DEFAULT, R_OK) == 0)
		must(tt_asn_open(&bed->asn, TT_ASN_DEFAULT, tt_mem_heap(), &err), &err);
}

/* Single addresses and /24, or /28 and /20 in IPv4; whatever that comes to in IPv6. */
static void
cut_units(struct bed *bed)
{
	bool fine = one_in(2);
	struct tt_error err = {0};

	must(tt_prefix_set_parse(&bed->monitored, INPUT_MONITORED, &err), &err);
	must(tt_units_init(&bed->destinations, &bed->monitored, fine ? 65536 : 4096, 0, 0,
			     &err),
			&err);
	must(tt_units_init(&bed->prefixes, &bed->monitored, fine ? 256 : 16, 8, 8, &err),
			&err);
}

static void
make_tallies(struct bed *bed, uint64_t pairs)
{
	struct tt_tally_config config = {.pairs = pairs,
			.geo = bed->geo,
			.destinations = &bed->destinations,
			.prefixes = &bed->prefixes,
			.seed = draw(UINT64_MAX)};
	struct tt_error err = {0};

	for (unsigned i = 0; i < BED_TALLIES; i++)
		must(tt_tally_create(&bed->tallies[i], &config, tt_mem_heap(), &err),
				&err);
}

void
bed_init(struct bed *bed, uint64_t pairs, bool all, const char *rules)
{
	int64_t horizon_us = BED_INTERVAL_US * (one_in(2) ? 100 : 1);
	struct tt_merge_config ref;
	struct tt_error err = {0};

	*bed = (struct bed){0};
	open_geo(bed);
	cut_units(bed);
	if (rules == NULL)
		rules = drawn_rules;
	must(tt_fingerprints_parse(&bed->fingerprints, "rules", (const uint8_t *)rules,
			     strlen(rules), &err),
			&err);
	must(tt_recall_create(&bed->recall, all && one_in(2) ? 1 << 11 : 1 << 17,
			     horizon_us, tt_mem_heap(), &err),
			&err);
	bed->config = (struct tt_merge_config){.max_pairs = pairs * BED_TALLIES,
			.geo = bed->geo,
			.asn = bed->asn,
			.destinations = &bed->destinations,
			.prefixes = &bed->prefixes,
			.fingerprints = bed->fingerprints,
			.recall = bed->recall,
			.source_ports = 1 + (unsigned)draw(20),
			.talkers = 1 + (unsigned)draw(20),
			.sketch_rows = all || one_in(2) ? UINT32_MAX : draw(2000),
			.pair_rows = one_in(2) ? 0 : 1 + draw(2000),
			.contact_rows = one_in(2) ? 0 : 1 + draw(2000)};
	must(tt_merge_create(&bed->merge, &bed->config, tt_mem_heap(), &err), &err);
	make_tallies(bed, pairs);
	ref = bed->config;
	if (all) {
		ref.source_ports = ref.talkers = UINT32_MAX;
		ref.pair_rows = ref.contact_rows = 0;
	}
	measures_ref_init(&bed->ref, &ref, horizon_us);
	bed->ref.secret = bed->tallies[0]->secret;
	bed->ref.sample = bed->tallies[0]->sample;
}

void
bed_fini(struct bed *bed)
{
	for (unsigned i = 0; i < BED_TALLIES; i++)
		tt_tally_destroy(bed->tallies[i]);
	tt_merge_destroy(bed->merge);
	tt_recall_destroy(bed->recall);
	tt_fingerprints_close(bed->fingerprints);
	tt_units_fini(&bed->destinations);
	tt_units_fini(&bed->prefixes);
	tt_prefix_set_fini(&bed->monitored);
	tt_asn_close(bed->asn);
	tt_geo_close(bed->geo);
	measures_ref_fini(&bed->ref);
	rows_fini(&bed->got);
	rows_fini(&bed->want);
}

/* What the pipeline notes of each frame. */
static void
note_frame(struct tt_tally *t, uint32_t captured, int64_t time_us)
{
	if (t->frames == 0)
		t->first_us = t->last_us = time_us;
	t->frames++;
	t->frame_bytes += captured;
	t->fates[TT_FATE_COUNTED]++;
	if (time_us < t->first_us)
		t->first_us = time_us;
	if (time_us > t->last_us)
		t->last_us = time_us;
}

/* Counts input[from .. from + n), in one burst or packet by packet. */
static void
count_part(struct tt_tally *tally, const struct input *in, unsigned from, unsigned n)
{
	tt_target_key keys[TT_TALLY_BURST];

	for (unsigned i = from; i < from + n; i++)
		note_frame(tally, in->packets[i].ip_bytes, in->times_us[i]);
	if (one_in(2)) {
		for (unsigned i = 0; i < n; i++)
			keys[i] = tt_target_key_of(&in->packets[from + i]);
		tt_tally_burst(tally, &in->packets[from], keys, &in->details[from],
				&in->times_us[from], n);
		return;
	}
	for (unsigned i = from; i < from + n; i++)
		tt_tally_one_ref(tally, &in->packets[i], in->details[i], in->times_us[i]);
}

void
bed_count(struct bed *bed, const struct input *input, int64_t start_us)
{
	uint64_t used = 1 + draw(BED_TALLIES);

	for (unsigned i = 0; i < BED_TALLIES; i++)
		bed->tallies[i]->span = (struct tt_span){
				start_us, start_us + BED_INTERVAL_US};
	for (unsigned at = 0, n; at < input->n; at += n) {
		n = (unsigned)draw(TT_TALLY_BURST + 1);
		if (n > input->n - at)
			n = input->n - at;
		count_part(bed->tallies[draw(used)], input, at, n);
	}
}

void
bed_count_ref(struct bed *bed, const struct input *input, uint64_t weight)
{
	for (unsigned i = 0; i < input->n; i++) {
		measures_ref_note(&bed->ref, TT_FATE_COUNTED, input->packets[i].ip_bytes,
				input->times_us[i]);
		measures_ref_packet(&bed->ref, &input->packets[i], input->details[i],
				input->times_us[i], weight);
	}
}

static void
multiply(struct tt_count *count, uint64_t by)
{
	count->packets *= by;
	count->bytes *= by;
}

static void
multiply_rest(struct tt_rest *r, uint64_t by)
{
	for (uint32_t i = 0; i < TT_CELL_PACKETS; i++)
		multiply(&r->cells[i], by);
	for (uint32_t i = TT_CELL_PACKETS; i < r->n_cells; i++)
		*tt_rest_packets(r, i) *= by;
	for (uint64_t i = 0; i < r->n_slices; i++)
		multiply(&r->slices[i].count, by);
	for (uint64_t i = 0; i < r->config.talkers; i++)
		r->talkers[i].packets *= by;
	r->slices_lost.packets *= by;
	r->talkers_lost.packets *= by;
}

/* Into the table, since arrays hold no such numbers. */
static void
multiply_busy(struct tt_tally *t, uint64_t by)
{
	for (uint32_t at = 0; at < tt_busy_end(t->busy); at++) {
		const uint64_t key = tt_busy_key(t->busy, at);
		const uint64_t packets = tt_busy_packets(t->busy, at);

		if (packets == 0)
			continue;
		tt_tally_add_port(t, tt_port_home(t, key), key, packets * by);
		t->busy->low[at] = 0;
		t->busy->high[at] = 0;
	}
}

static void
multiply_tally(struct tt_tally *t, uint64_t by)
{
	tt_tally_settle(t);
	for (uint64_t i = 0; i < t->n_pairs; i++) {
		/* Slots hold no such numbers. */
		if (by > 1)
			tt_tally_unpack(t, &t->slots[i]);
		multiply(&t->slots[i].count, by);
	}
	for (uint64_t i = 0; i <= t->contact4_mask; i++) {
		struct tt_entry e = tt_contact_of_slot(t->contact_lines, i);

		e.packets *= by;
		tt_contact_fill_slot(t->contact_lines, i, &e);
	}
	for (uint64_t i = 0; i <= t->contact6_mask; i++)
		t->contacts[i].packets *= by;
	for (uint64_t i = 0; i <= t->port_mask; i++)
		t->ports[i].packets *= by;
	multiply_busy(t, by);
	for (unsigned i = 0; i < TT_FINGERPRINTS_MAX; i++) {
		t->tested[i] *= by;
		t->matched[i] *= by;
	}
	t->pairs_lost.packets *= by;
	t->contacts_lost.packets *= by;
	t->ports_lost.packets *= by;
	multiply_rest(&t->rest, by);
}

void
bed_multiply(struct bed *bed, uint64_t by)
{
	for (unsigned i = 0; i < BED_TALLIES; i++)
		multiply_tally(bed->tallies[i], by);
}

/* Adds a tally to a list to be merged: as it is, compact, or joined with the one before. */
static void
add_tally(struct tt_tally **list, unsigned *n, struct tt_tally *tally)
{
	struct tt_tally *compact, *before = *n > 0 ? list[*n - 1] : NULL;

	list[*n] = tally;
	if (tally->frames == 0 || one_in(3)) {
		++*n;
		return;
	}
	compact = tt_tally_compact(tally);
	TT_ASSERT(compact != NULL);
	if (before == NULL || !tt_tally_is_compact(before) || one_in(2)) {
		list[(*n)++] = compact;
		return;
	}
	list[*n - 1] = tt_tally_join(before, compact);
	TT_ASSERT(list[*n - 1] != NULL);
	tt_tally_destroy(before);
	tt_tally_destroy(compact);
}

void
bed_merge_some(struct bed *bed, struct tt_tally **list, unsigned n, int64_t start_us)
{
	struct tt_merge_sink sink = rows_sink(&bed->got);
	struct tt_error err = {0};

	must(tt_merge_run(bed->merge, list, n, start_us, &sink, &bed->got.totals, &err),
			&err);
	rows_totals(&bed->got);
}

void
bed_run_ref(struct bed *bed, int64_t start_us)
{
	struct tt_merge_sink sink = rows_sink(&bed->want);

	measures_ref_run(&bed->ref, start_us, &sink, &bed->want.totals);
	rows_totals(&bed->want);
}

void
bed_merge(struct bed *bed, int64_t start_us)
{
	struct tt_tally *list[BED_TALLIES];
	unsigned n = 0;

	for (unsigned i = 0; i < BED_TALLIES; i++)
		add_tally(list, &n, bed->tallies[i]);
	bed_merge_some(bed, list, n, start_us);
	for (unsigned i = 0; i < n; i++)
		if (tt_tally_is_compact(list[i]))
			tt_tally_destroy(list[i]);
}

void
bed_next(struct bed *bed, int64_t start_us)
{
	measures_ref_next(&bed->ref, start_us);
	for (unsigned i = 0; i < BED_TALLIES; i++)
		tt_tally_reset(bed->tallies[i]);
}
