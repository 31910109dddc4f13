/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sha256.h"

#include <endian.h>
#include <sha2.h>
#include <string.h>

#define LENGTH_AT (TT_SHA256_BLOCK - 8) /* of the last block */

void
tt_sha256_blocks_ref(uint32_t state[8], const uint8_t *data, size_t n)
{
	for (; n > 0; n--, data += TT_SHA256_BLOCK)
		SHA256Transform(state, data);
}

static void
add_blocks(struct tt_sha256 *sha, const uint8_t *data, size_t n)
{
	if (n > 0 && tt_sha256_has_x86())
		tt_sha256_blocks_x86(sha->state, data, n);
	else
		tt_sha256_blocks_ref(sha->state, data, n);
}

void
tt_sha256_begin(struct tt_sha256 *sha)
{
	*sha = (struct tt_sha256){
			.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
					0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void
tt_sha256_add(struct tt_sha256 *sha, const void *bytes, size_t n)
{
	size_t held = sha->bytes % TT_SHA256_BLOCK, take;
	const uint8_t *at = bytes;

	sha->bytes += n;
	if (held > 0) {
		take = TT_SHA256_BLOCK - held < n ? TT_SHA256_BLOCK - held : n;
		memcpy(sha->block + held, at, take);
		at += take;
		n -= take;
		if (held + take < TT_SHA256_BLOCK)
			return;
		add_blocks(sha, sha->block, 1);
	}
	add_blocks(sha, at, n / TT_SHA256_BLOCK);
	if (n % TT_SHA256_BLOCK > 0)
		memcpy(sha->block, at + n / TT_SHA256_BLOCK * TT_SHA256_BLOCK,
				n % TT_SHA256_BLOCK);
}

/* A bit that is set, zeros, and the length in bits. */
static void
pad(struct tt_sha256 *sha)
{
	size_t held = sha->bytes % TT_SHA256_BLOCK;
	uint64_t bits = htobe64(sha->bytes * 8);

	sha->block[held++] = 0x80;
	memset(sha->block + held, 0, TT_SHA256_BLOCK - held);
	if (held > LENGTH_AT) {
		add_blocks(sha, sha->block, 1);
		memset(sha->block, 0, TT_SHA256_BLOCK);
	}
	memcpy(sha->block + LENGTH_AT, &bits, sizeof(bits));
	add_blocks(sha, sha->block, 1);
}

char *
tt_sha256_end(struct tt_sha256 *sha, char text[TT_SHA256_TEXT_SIZE])
{
	pad(sha);
	for (unsigned i = 0; i < 8; i++)
		snprintf(text + (size_t)8 * i, 9, "%08x", sha->state[i]);
	return text;
}

char *
tt_sha256_of(const void *bytes, size_t n, char text[TT_SHA256_TEXT_SIZE])
{
	struct tt_sha256 sha;

	tt_sha256_begin(&sha);
	tt_sha256_add(&sha, bytes, n);
	return tt_sha256_end(&sha, text);
}
