/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Inside lib/synth: the small notations of profile values. Each function takes a whole value,
 * and returns 0, or -EINVAL with err->why quoting the text and saying what is expected.
 */
#ifndef TT_PROFILE_TEXT_H
#define TT_PROFILE_TEXT_H

#include "tt_profile.h"

/* A decimal number without exponent sign tricks, inf or nan, in [min, max]. */
int tt_text_number(const char *text, double min, double max, double *value,
		struct tt_error *err) TT_MUST_CHECK;

int tt_text_integer(const char *text, int64_t min, int64_t max, int64_t *value,
		struct tt_error *err) TT_MUST_CHECK;

/* "90", "90s", "5m", "24h", "31d": microseconds. */
int tt_text_duration(const char *text, int64_t *us, struct tt_error *err) TT_MUST_CHECK;

/* "120/s", "7/min", "3/hour", "131.08/day", each with an optional "/address". */
int tt_text_rate(const char *text, double *per_second, bool *per_address,
		struct tt_error *err) TT_MUST_CHECK;

/* "6000", "1024-65535", in [min, max]. */
int tt_text_span(const char *text, uint32_t min, uint32_t max,
		struct tt_profile_span *span, struct tt_error *err) TT_MUST_CHECK;

/* "CN 40, US 12.5, any 30" → shares[TT_PROFILE_SHARES_MAX]. */
int tt_text_shares(const char *text, struct tt_profile_share *shares, unsigned *n,
		struct tt_error *err) TT_MUST_CHECK;

/* "04 01 ff", blanks allowed between bytes → bytes[max]. */
int tt_text_hex(const char *text, uint8_t *bytes, uint32_t max, uint32_t *n,
		struct tt_error *err) TT_MUST_CHECK;

/* "SYN+ACK", in any order, or "none": header bits. */
int tt_text_tcp_flags(
		const char *text, uint16_t *flags, struct tt_error *err) TT_MUST_CHECK;

/* "mss 1460, nop, ws 8, nop, nop, sackok, ts" → option bytes, padded to a multiple of four. */
int tt_text_tcp_options(const char *text, uint8_t bytes[TT_PROFILE_OPTIONS_MAX],
		unsigned *n, struct tt_error *err) TT_MUST_CHECK;

/* "100" or "200, 100" (outermost first). */
int tt_text_vlans(const char *text, uint16_t ids[TT_PROFILE_TAGS_MAX], unsigned *n,
		struct tt_error *err) TT_MUST_CHECK;

/*
 * Takes the next item of a comma-separated list, without the blanks around it, into
 * item[size]. Returns false at the end; an item that is too long reads as its beginning.
 */
bool tt_text_item(const char **rest, char *item, size_t size);

#endif
