/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * MMDB against a plain list of networks of which the last that holds an address counts, against the same list as
 * the text files of Tor have it, and against what libmaxminddb answers: random trees of either version with records
 * of 24, 28 and 32 bits, IPv4 within IPv6 and referred to from elsewhere, networks within networks, data behind
 * pointers and among other data, values that are missing or are of another kind. Both sides of each border are asked
 * for. Read for IPv4 alone, a database answers the same. Damaged ones give one line that names the file, or answers.
 *
 *     check_geo_mmdb [SEED [ROUNDS]]
 */
#include "mmdb_random.h"
#include "tt_asn.h"
#include "tt_geo.h"
#include "tt_hash.h"

#include <inttypes.h>
#include <maxminddb.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/check_geo_mmdb.XXXXXX";
static uint64_t answers;
static char text_path[] = "/tmp/check_geo_text.XXXXXX";

static void
die(const struct mmdb_random *r, const char *who, struct tt_addr a, uint32_t want,
		uint32_t got)
{
	char text[TT_ADDR_TEXT_MAX];

	tt_addr_format(a, text);
	fprintf(stderr,
			"%s: %s: %" PRIu32 " and not %" PRIu32
			"; version %u, records of %u, %u nodes\n",
			who, text, got, want, r->ip_version, r->record_bits, r->n_nodes);
	unlink(path);
	exit(1);
}

static void
die_of(const char *what, const struct tt_error *err)
{
	fprintf(stderr, "%s: %s: %s\n", what, err->where, err->why);
	unlink(path);
	exit(1);
}

static void
write_bytes(const void *bytes, size_t n)
{
	FILE *out = fopen(path, "w");

	if (out == NULL || fwrite(bytes, 1, n, out) != n || fclose(out) != 0)
		die_of(path, &(struct tt_error){.why = "cannot be written"});
}

/* One line that names the file. */
static void
expect_line(int ret, const struct tt_error *err)
{
	if (ret == 0
			|| (strstr(err->where, path) != NULL && err->why[0] != '\0'
					&& strchr(err->why, '\n') == NULL))
		return;
	die_of("not a line that names the file", err);
}

/* Every border and the addresses beside it: [2 * borders]. */
static struct tt_addr
beside(const struct mmdb_random *r, unsigned i)
{
	struct tt_addr a = r->borders[i / 2];

	if (i % 2 == 1) {
		a.hi -= a.lo == 0;
		a.lo--;
	}
	return a;
}

static bool
is_asked(const struct mmdb_random *r, struct tt_addr a, bool ipv6)
{
	if (tt_addr_is_v4(a))
		return true;
	/* The IPv4 tree, asked for as IPv6: addresses that are not on the wire. */
	return ipv6 && r->ip_version == 6 && (a.hi != 0 || a.lo >> 32 != 0);
}

/* Of either database: the other is NULL. */
static void
compare(const struct mmdb_random *r, const struct tt_geo *geo, const struct tt_asn *asn,
		bool ipv6, const char *who)
{
	for (unsigned i = 0; i < 2 * r->n_borders; i++) {
		struct tt_addr a = beside(r, i);
		uint32_t want, got;

		if (!is_asked(r, a, ipv6))
			continue;
		want = geo != NULL ? mmdb_random_at(r, a).country
				   : mmdb_random_at(r, a).number;
		got = geo != NULL ? tt_geo_country(geo, a) : tt_asn_number(asn, a);
		answers += want != 0;
		if (want != got)
			die(r, who, a, want, got);
	}
}

/* What libmaxminddb finds of a border, whatever is damaged: 0 where it refuses to look. */
static bool
finds(const MMDB_s *db, struct tt_addr a, bool *sound)
{
	char text[TT_ADDR_TEXT_MAX];
	int gai = 0, status = 0;
	MMDB_lookup_result_s found;

	tt_addr_format(a, text);
	found = MMDB_lookup_string(db, text, &gai, &status);
	*sound = gai == 0 && status == MMDB_SUCCESS;
	return *sound && found.found_entry;
}

/* Where libmaxminddb finds nothing, there is no country. */
static void
compare_with_libmaxminddb(
		const struct mmdb_random *r, const struct tt_geo *geo, const char *who)
{
	MMDB_s db;

	if (MMDB_open(path, MMDB_MODE_MMAP, &db) != MMDB_SUCCESS)
		die_of(who, &(struct tt_error){.why = "libmaxminddb refuses it"});
	for (unsigned i = 0; i < 2 * r->n_borders; i++) {
		struct tt_addr a = beside(r, i);
		bool sound;

		if (is_asked(r, a, db.metadata.ip_version == 6) && !finds(&db, a, &sound)
				&& sound && tt_geo_country(geo, a) != 0)
			die(r, who, a, 0, tt_geo_country(geo, a));
	}
	MMDB_close(&db);
}

static bool
has_any(const struct mmdb_random *r, bool number, bool ipv6)
{
	for (unsigned i = 0; i < 2 * r->n_borders; i++) {
		struct tt_addr a = beside(r, i);
		struct mmdb_random_record at = mmdb_random_at(r, a);

		if (is_asked(r, a, ipv6) && (number ? at.number : at.country) != 0)
			return true;
	}
	return false;
}

static void
check_whole(const struct mmdb_random *r, bool ipv6)
{
	struct tt_error err = {0};
	struct tt_geo *geo;
	struct tt_asn *asn;
	int ret = tt_geo_open_for(&geo, path, ipv6, tt_mem_heap(), &err);

	expect_line(ret, &err);
	if (ret == 0) {
		compare(r, geo, NULL, ipv6, ipv6 ? "countries" : "countries, IPv4 alone");
		if (ipv6)
			compare_with_libmaxminddb(r, geo, "libmaxminddb");
		tt_geo_close(geo);
	} else if (has_any(r, false, true)) {
		die_of("refused", &err);
	}
	ret = tt_asn_open_for(&asn, path, ipv6, tt_mem_heap(), &err);
	expect_line(ret, &err);
	if (ret == 0) {
		compare(r, NULL, asn, ipv6, ipv6 ? "numbers" : "numbers, IPv4 alone");
		tt_asn_close(asn);
	} else if (has_any(r, true, true)) {
		die_of("refused", &err);
	}
}

static int
by_number(const void *left, const void *right)
{
	return tt_addr_cmp(*(const struct tt_addr *)left, *(const struct tt_addr *)right);
}

/* The countries of one version as the text files have them. */
static void
write_text(const struct mmdb_random *r, bool v4)
{
	static struct tt_addr sorted[MMDB_RANDOM_BORDERS];
	FILE *out = fopen(text_path, "w");
	const unsigned n = r->n_borders;

	memcpy(sorted, r->borders, n * sizeof(sorted[0]));
	qsort(sorted, n, sizeof(sorted[0]), by_number);
	for (unsigned i = 0; out != NULL && i < n; i++) {
		struct tt_addr a = sorted[i], last = {UINT64_MAX, UINT64_MAX};
		char cc[3], texts[2][TT_ADDR_TEXT_MAX];

		if (i + 1 < n && tt_addr_cmp(a, sorted[i + 1]) == 0)
			continue;
		if (i + 1 < n)
			last = mmdb_random_addr(tt_addr_number(sorted[i + 1]) - 1);
		tt_country_format((tt_country)mmdb_random_at(r, a).country, cc);
		if (v4 && tt_addr_is_v4(a))
			fprintf(out, "%" PRIu32 ",%" PRIu32 ",%s\n", (uint32_t)a.lo,
					tt_addr_is_v4(last) ? (uint32_t)last.lo
							    : UINT32_MAX,
					cc);
		if (!v4 && !tt_addr_is_v4(a))
			fprintf(out, "%s,%s,%s\n",
					(tt_addr_format(a, texts[0]), texts[0]),
					(tt_addr_format(last, texts[1]), texts[1]), cc);
	}
	if (out == NULL || fclose(out) != 0)
		die_of(text_path, &(struct tt_error){.why = "cannot be written"});
}

static void
check_text(const struct mmdb_random *r)
{
	for (unsigned v4 = 0; v4 < 2; v4++) {
		struct tt_error err = {0};
		struct tt_geo *geo;

		write_text(r, v4);
		if (tt_geo_open(&geo, text_path, tt_mem_heap(), &err) != 0)
			die_of("text", &err);
		for (unsigned i = 0; i < 2 * r->n_borders; i++) {
			struct tt_addr a = beside(r, i);
			uint32_t want = mmdb_random_at(r, a).country;

			if (tt_addr_is_v4(a) != v4 || !is_asked(r, a, true))
				continue;
			if (tt_geo_country(geo, a) != want)
				die(r, "text", a, want, tt_geo_country(geo, a));
		}
		tt_geo_close(geo);
	}
}

/* Not the metadata, of which libmaxminddb 1.7 leaves memory behind where it refuses them. */
static void
check_damaged(struct mmdb_random *r)
{
	const bool tree = mmdb_random_draw(r, 2) == 0;
	const size_t sound = (r->n_file - r->n_metadata) / (tree ? 4 : 1);
	size_t n = r->n_file;

	if (mmdb_random_draw(r, 4) == 0)
		n = 1 + mmdb_random_draw(r, sound);
	for (unsigned hits = 1 + (unsigned)mmdb_random_draw(r, 4); hits > 0; hits--)
		r->file[mmdb_random_draw(r, sound)] = (uint8_t)mmdb_random_draw(r, 256);
	write_bytes(r->file, n);
	for (unsigned ipv6 = 0; ipv6 < 2; ipv6++) {
		struct tt_error err = {0};
		struct tt_geo *geo;
		struct tt_asn *asn;
		int ret = tt_geo_open_for(&geo, path, ipv6, tt_mem_heap(), &err);

		expect_line(ret, &err);
		if (ret == 0 && ipv6 && strstr(geo->identity, "2026-05-28") != NULL
				&& n == r->n_file)
			compare_with_libmaxminddb(r, geo, "damaged");
		if (ret == 0)
			tt_geo_close(geo);
		ret = tt_asn_open_for(&asn, path, ipv6, tt_mem_heap(), &err);
		expect_line(ret, &err);
		if (ret == 0)
			tt_asn_close(asn);
	}
}

int
main(int argc, char **argv)
{
	static struct mmdb_random r;
	const uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)getpid();
	const unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 0) : 400;
	const int fds[] = {mkstemp(path), mkstemp(text_path)};

	if (fds[0] < 0 || fds[1] < 0)
		return 1;
	close(fds[0]);
	close(fds[1]);
	printf("# seed %" PRIu64 "\n", seed);
	for (unsigned long i = 0; i < rounds; i++) {
		mmdb_random_make(&r, seed + i);
		write_bytes(r.file, r.n_file);
		check_whole(&r, true);
		check_whole(&r, false);
		check_text(&r);
		check_damaged(&r);
	}
	unlink(path);
	unlink(text_path);
	printf("%lu databases, %" PRIu64 " answers\n", rounds, answers);
	return answers > rounds ? 0 : 1;
}
