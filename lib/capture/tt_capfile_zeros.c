/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Zeros where records should be. A machine that crashes leaves files whose size was set and
 * whose last blocks were never written: they read as zeros. In classic pcap 16 zeros are a sound
 * record, of no bytes and of 1970.
 */
#include "tt_capfile_private.h"

#include <errno.h>

#define UNIT TT_CAPFILE_ZEROS_UNIT

static bool
is_zero(const uint8_t *at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (at[i] != 0)
			return false;
	return true;
}

int
tt_capfile_skip_zeros(struct tt_capfile *f, uint64_t *n, struct tt_error *err)
{
	struct tt_capstream *s = &f->stream;
	int rc;

	*n = 0;
	while ((rc = tt_capstream_fill(s, UNIT, err)) > 0 && is_zero(s->at, UNIT)) {
		s->at += UNIT;
		++*n;
	}
	return rc == 0 && !is_zero(s->at, tt_capstream_left(s)) ? 1 : rc;
}

int
tt_capfile_only_zeros(const struct tt_capfile *f, uint64_t offset, struct tt_error *err)
{
	return tt_error_set(err, TT_CAPFILE_TRUNCATED, f->stream.name,
			"truncated: from byte %llu%s on there are only zeros, which were "
			"never written",
			(unsigned long long)offset, tt_capfile_of_what(f));
}

int
tt_capfile_zeros_instead(struct tt_capfile *f, const uint8_t *at, int otherwise,
		struct tt_error *err)
{
	uint64_t n, offset;
	int rc;

	f->stream.at = at;
	offset = tt_capstream_offset(&f->stream);
	rc = tt_capfile_skip_zeros(f, &n, err);
	if (rc == 0 && n > 0)
		return tt_capfile_only_zeros(f, offset, err);
	return rc < 0 ? rc : otherwise;
}
