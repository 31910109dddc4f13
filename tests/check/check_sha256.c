/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * SHA-256 against libmd's, on random bytes of every short length and some long ones, added in
 * random pieces, by every variant that this machine has.
 *
 *     check_sha256 [SEED]
 */
#include "tt_hash.h"
#include "tt_sha256.h"

#include <inttypes.h>
#include <sha2.h>
#include <string.h>
#include <time.h>

#define LONGEST 70000

static uint64_t state;

static uint64_t
draw(uint64_t below)
{
	return tt_hash_mix(++state) % below;
}

static void
fail(const char *what, size_t n, const char *is, const char *should_be)
{
	fprintf(stderr, "%s of %zu bytes: %s, not %s\n", what, n, is, should_be);
	exit(EXIT_FAILURE);
}

static void
check_pieces(const uint8_t *bytes, size_t n)
{
	char is[TT_SHA256_TEXT_SIZE], should_be[SHA256_DIGEST_STRING_LENGTH];
	struct tt_sha256 sha;

	SHA256Data(bytes, n, should_be);
	tt_sha256_begin(&sha);
	for (size_t at = 0, piece; at < n; at += piece) {
		piece = draw(2) == 0 ? draw(n - at) + 1 : draw(130);
		if (piece > n - at)
			piece = n - at;
		tt_sha256_add(&sha, bytes + at, piece);
	}
	if (strcmp(tt_sha256_end(&sha, is), should_be) != 0)
		fail("digest", n, is, should_be);
	if (strcmp(tt_sha256_of(bytes, n, is), should_be) != 0)
		fail("digest at once", n, is, should_be);
}

static void
check_variants(const uint8_t *bytes, size_t blocks)
{
	uint32_t a[8], b[8];

	for (unsigned i = 0; i < 8; i++)
		a[i] = b[i] = (uint32_t)draw(UINT32_MAX);
	tt_sha256_blocks_ref(a, bytes, blocks);
	if (tt_sha256_has_x86())
		tt_sha256_blocks_x86(b, bytes, blocks);
	else
		tt_sha256_blocks_ref(b, bytes, blocks);
	if (memcmp(a, b, sizeof(a)) != 0)
		fail("state", blocks * TT_SHA256_BLOCK, "other", "the same");
}

int
main(int argc, char **argv)
{
	static uint8_t bytes[LONGEST];
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 10) : (uint64_t)time(NULL);

	printf("seed %" PRIu64 ", x86 instructions: %s\n", seed,
			tt_sha256_has_x86() ? "yes" : "no");
	state = seed;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)draw(256);
	for (size_t n = 0; n < 400; n++)
		check_pieces(bytes + draw(64), n);
	for (unsigned i = 0; i < 100; i++)
		check_pieces(bytes, draw(LONGEST));
	for (unsigned i = 0; i < 300; i++)
		check_variants(bytes + draw(64), draw(100));
	return EXIT_SUCCESS;
}
