/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * pcapng's interface description block (draft-ietf-opsawg-pcapng section 4.2): link type,
 * snapshot length, and how ticks become microseconds.
 */
#include "tt_capfile_private.h"
#include "tt_time.h"

#include <errno.h>

#define FIXED_BYTES   8 /* link type, reserved, snapshot length */
#define OPT_END       0
#define OPT_TSRESOL   9
#define OPT_TSOFFSET  14
#define TSRESOL_BASE2 0x80

/* Per section, so that a file of nothing but interfaces does not take all memory. A power of
 * two, at which the room that doubles comes to a stop. */
#define INTERFACES_MAX 65536

static uint64_t
power_of_ten(unsigned exponent)
{
	uint64_t p = 1;

	while (exponent-- > 0)
		p *= 10;
	return p;
}

/* value: the option's byte, a negative exponent of 10, or of 2 with the top bit set. Of ticks
 * finer than 10^-25 s, 2^64 are less than a microsecond: div 0 stands for that. */
static void
set_resolution(struct tt_capng_interface *i, uint8_t value)
{
	unsigned exponent = value & ~TSRESOL_BASE2;

	i->mul = i->div = 1;
	i->shift = 0;
	if (value & TSRESOL_BASE2) {
		i->mul = TT_US_PER_S;
		i->shift = exponent;
	} else if (exponent <= 6) {
		i->mul = power_of_ten(6 - exponent);
	} else {
		i->div = exponent <= 25 ? power_of_ten(exponent - 6) : 0;
	}
}

static __int128
ticks_to_us(const struct tt_capng_interface *i, uint64_t ticks)
{
	if (i->div == 0)
		return 0;
	if (i->mul == 1)
		return ticks / i->div;
	return ((unsigned __int128)ticks * i->mul) >> i->shift;
}

int64_t
tt_capng_time_us(const struct tt_capng_interface *i, uint64_t ticks)
{
	__int128 us = ticks_to_us(i, ticks) + (__int128)i->offset_s * TT_US_PER_S;

	if (us < TT_TIME_MIN)
		return TT_TIME_MIN;
	return us > TT_TIME_MAX ? TT_TIME_MAX : (int64_t)us;
}

static int64_t
get_s64(const uint8_t *at, bool swapped)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	return swapped ? __builtin_bswap64(v) : v;
}

static int
take_option(struct tt_capfile *f, struct tt_capng_interface *i, unsigned code,
		unsigned length, const uint8_t *value, struct tt_error *err)
{
	if (code == OPT_TSRESOL) {
		if (length != 1)
			return tt_capfile_damaged(
					f, err, "if_tsresol of %u bytes", length);
		set_resolution(i, value[0]);
	} else if (code == OPT_TSOFFSET) {
		if (length != 8)
			return tt_capfile_damaged(
					f, err, "if_tsoffset of %u bytes", length);
		i->offset_s = get_s64(value, f->swapped);
	}
	return 0;
}

static int
take_options(struct tt_capfile *f, struct tt_capng_interface *i, const uint8_t *at,
		size_t n, struct tt_error *err)
{
	while (n >= 4) {
		unsigned code = tt_capfile_u16(at, f->swapped);
		unsigned length = tt_capfile_u16(at + 2, f->swapped);
		size_t padded = 4 + (length + 3) / 4 * 4;
		int rc;

		if (code == OPT_END)
			return 0;
		if (padded > n)
			return tt_capfile_damaged(
					f, err, "option %u runs past its block", code);
		rc = take_option(f, i, code, length, at + 4, err);
		if (rc < 0)
			return rc;
		at += padded;
		n -= padded;
	}
	return 0;
}

static int
make_room(struct tt_capfile *f, struct tt_error *err)
{
	uint32_t room = f->room_interfaces == 0 ? 8 : f->room_interfaces * 2;
	void *more;

	if (f->n_interfaces < f->room_interfaces)
		return 0;
	if (f->n_interfaces == INTERFACES_MAX)
		return tt_capfile_damaged(f, err, "a section of more than %u interfaces",
				INTERFACES_MAX);
	more = reallocarray(f->interfaces, room, sizeof(*f->interfaces));
	if (more == NULL)
		return tt_error_set(err, -ENOMEM, f->stream.name,
				"no memory for its interfaces");
	f->interfaces = more;
	f->room_interfaces = room;
	return 0;
}

int
tt_capng_add_interface(
		struct tt_capfile *f, const uint8_t *body, size_t n, struct tt_error *err)
{
	struct tt_capng_interface i = {0};
	int rc;

	if (n < FIXED_BYTES)
		return tt_capfile_damaged(
				f, err, "an interface block of %zu bytes", n + 12);
	i.link = tt_capfile_u16(body, f->swapped);
	i.snaplen = tt_capfile_u32(body + 4, f->swapped);
	if (i.snaplen == 0)
		i.snaplen = UINT32_MAX;
	set_resolution(&i, 6); /* what holds where the option is missing */
	rc = take_options(f, &i, body + FIXED_BYTES, n - FIXED_BYTES, err);
	if (rc == 0)
		rc = make_room(f, err);
	if (rc < 0)
		return rc;
	f->interfaces[f->n_interfaces++] = i;
	return 0;
}
