/* SPDX-License-Identifier: BSD-3-Clause */
#include "measures_frames.h"

#include "measures_input.h"

#include <sys/mman.h>
#include <unistd.h>

const char *const frame_rules =
		"version: 1\n"
		"fingerprints:\n"
		"  - {id: identification, title: t, origin: test, chance: 1/65536,\n"
		"     where: tcp.flags & 0x3f == syn, match: ip.id == 54321,\n"
		"     source: {packets: 1, percent: 50}}\n"
		"  - {id: relation, title: t, origin: test, chance: 1/65536,\n"
		"     where: ip.version == 4,\n"
		"     match: ip.id == (ip.dst ^ tcp.dstport ^ tcp.seq) & 0xffff,\n"
		"     source: {packets: 2, percent: 1}}\n"
		"  - {id: options, title: t, origin: test, chance: 1/65536,\n"
		"     match: 'tcp.options == \"mss,nop,ws\" || tcp.mss == 1460',\n"
		"     source: {packets: 1, percent: 1}}\n"
		"  - {id: payload, title: t, origin: test, chance: 1/65536,\n"
		"     match: payload.length == 0, source: {packets: 1, percent: 100}}\n";

void
frame_pages_init(struct frame_pages *p)
{
	p->page = (size_t)sysconf(_SC_PAGESIZE);
	p->pages = mmap(NULL, 2 * TT_TALLY_BURST * p->page, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	TT_ASSERT(p->pages != MAP_FAILED && p->page >= FRAME_MAX);
	for (unsigned i = 0; i < TT_TALLY_BURST; i++)
		TT_ASSERT(mprotect(p->pages + (2 * i + 1) * p->page, p->page, PROT_NONE)
				== 0);
}

void
frame_pages_fini(struct frame_pages *p)
{
	munmap(p->pages, 2 * TT_TALLY_BURST * p->page);
}

struct tt_frame
frame_put(const struct frame_pages *p, unsigned i, const struct frame_bytes *f,
		unsigned captured, int64_t time_us)
{
	uint8_t *at = p->pages + (2 * i + 1) * p->page - captured;

	memcpy(at, f->bytes, captured);
	return (struct tt_frame){.data = at,
			.time_us = time_us,
			.captured = captured,
			.length = f->n,
			.link = f->link};
}

static void
put8(struct frame_bytes *f, unsigned value)
{
	TT_ASSERT(f->n < FRAME_MAX);
	f->bytes[f->n++] = (uint8_t)value;
}

static void
put16(struct frame_bytes *f, unsigned value)
{
	put8(f, value >> 8);
	put8(f, value & 0xff);
}

static void
put32(struct frame_bytes *f, uint64_t value)
{
	put16(f, (unsigned)(value >> 16) & 0xffff);
	put16(f, (unsigned)value & 0xffff);
}

static void
put_zeros(struct frame_bytes *f, unsigned n)
{
	while (n-- > 0)
		put8(f, 0);
}

static void
set16(struct frame_bytes *f, unsigned at, unsigned value)
{
	f->bytes[at] = (uint8_t)(value >> 8);
	f->bytes[at + 1] = (uint8_t)value;
}

/* Options that add up to whole words; a layout, or anything. */
static unsigned
put_options(struct frame_bytes *f)
{
	static const uint8_t usual[] = {2, 4, 5, 180, 1, 3, 3, 7};
	unsigned n = (unsigned)draw(5) * 4;

	for (unsigned i = 0; i < n; i++)
		put8(f, n == sizeof(usual) ? usual[i] : one_in(2) ? draw(6) : draw(256));
	return n;
}

static void
put_tcp(struct frame_bytes *f)
{
	unsigned start = f->n, flags = one_in(2) ? TT_TCP_SYN : (unsigned)draw(4096);

	put16(f, (unsigned)draw(4) * 2000);
	put16(f, 440 + (unsigned)draw(6));
	put32(f, draw(UINT64_C(1) << 32));
	put32(f, 0);
	put16(f, flags);
	put16(f, 1024);
	put32(f, 0);
	set16(f, start + 12, (20 + put_options(f)) / 4 << 12 | flags);
	put_zeros(f, one_in(3) ? (unsigned)draw(20) : 0);
}

static void
put_udp(struct frame_bytes *f)
{
	static const uint16_t ports[] = {53, 123, 1900, 5000, 40000};
	unsigned payload = (unsigned)draw(20);

	put16(f, ports[draw(TT_ARRAY_SIZE(ports))]);
	put16(f, ports[draw(TT_ARRAY_SIZE(ports))]);
	put16(f, 8 + payload);
	put16(f, 0);
	put_zeros(f, payload);
}

static void put_ip(struct frame_bytes *f, bool v4, unsigned depth);

/* Errors quote a packet, the whole of it or its beginning; others have some payload. */
static void
put_icmp(struct frame_bytes *f, bool v4, unsigned depth)
{
	static const uint8_t types4[] = {0, 3, 3, 3, 5, 8, 11, 12, 14, 30};
	static const uint8_t types6[] = {1, 1, 2, 3, 4, 128, 129, 135};
	unsigned type = v4 ? types4[draw(sizeof(types4))] : types6[draw(sizeof(types6))];

	put8(f, type);
	put8(f, (unsigned)draw(4));
	put16(f, 0);
	put32(f, 0);
	if (depth < 2 && !one_in(10)) {
		unsigned start = f->n;

		put_ip(f, v4, depth + 1);
		if (one_in(2) && f->n > start + 28)
			f->n = start + 28;
	}
}

static void
put_payload(struct frame_bytes *f, bool v4, unsigned protocol, unsigned depth)
{
	if (protocol == TT_PROTO_TCP)
		put_tcp(f);
	else if (protocol == TT_PROTO_UDP)
		put_udp(f);
	else if (protocol == TT_PROTO_ICMP || protocol == TT_PROTO_ICMPV6)
		put_icmp(f, v4, depth);
	else
		put_zeros(f, (unsigned)draw(20));
}

static unsigned
draw_protocol(bool v4)
{
	static const uint8_t others[] = {47, 50, 132, 255};

	switch (draw(8)) {
	case 0:
		return others[draw(sizeof(others))];
	case 1:
	case 2:
		return TT_PROTO_UDP;
	case 3:
	case 4:
		return v4 ? TT_PROTO_ICMP : TT_PROTO_ICMPV6;
	default:
		return TT_PROTO_TCP;
	}
}

/* Mostly to a monitored address; else from one, or neither. */
static void
put_addresses4(struct frame_bytes *f)
{
	unsigned which = (unsigned)draw(10);

	put32(f, which == 0 ? 0x0a140001 : 0x50000000 + (draw(20) << 24));
	put32(f, which > 1 ? 0x0a140000 + draw(20) : 0x08080808);
}

static void
put_address6(struct frame_bytes *f, bool monitored)
{
	put32(f, monitored ? 0x20010db8 : 0x2a000000);
	put32(f, draw(3));
	put32(f, 0);
	put32(f, draw(10));
}

/* A fragment header word: mostly not a fragment, at times a later one. */
static unsigned
draw_fragment(void)
{
	return one_in(8) ? (unsigned)draw(3) << 13 | (unsigned)draw(2) * 8 : 0;
}

static void
put_ip4(struct frame_bytes *f, unsigned depth)
{
	unsigned start = f->n, protocol = draw_protocol(true);
	unsigned options = one_in(6) ? (unsigned)draw(4) * 4 : 0;

	put8(f, 0x45 + options / 4);
	put8(f, 0);
	put16(f, 0);
	put16(f, one_in(2) ? 54321 : (unsigned)draw(65536));
	put16(f, draw_fragment());
	put8(f, (unsigned)draw(256));
	put8(f, protocol);
	put16(f, 0);
	put_addresses4(f);
	for (unsigned i = 0; i < options; i++)
		put8(f, 1);
	put_payload(f, true, protocol, depth);
	set16(f, start + 2, one_in(20) ? (unsigned)draw(65536) : f->n - start);
}

/* Extension headers: hop-by-hop, destination options, fragment. */
static void
put_extensions(struct frame_bytes *f, unsigned at, unsigned protocol)
{
	static const uint8_t kinds[] = {0, 60, 44};
	unsigned next = at;

	for (unsigned n = one_in(3) ? (unsigned)draw(4) : 0; n > 0; n--) {
		unsigned kind = kinds[draw(sizeof(kinds))];

		f->bytes[next] = (uint8_t)kind;
		next = f->n;
		put8(f, 59);
		put8(f, 0);
		put16(f, kind == 44 ? draw_fragment() << 3 & 0xffff : 0x0104);
		put32(f, 0);
	}
	f->bytes[next] = (uint8_t)protocol;
}

static void
put_ip6(struct frame_bytes *f, unsigned depth)
{
	unsigned start = f->n, protocol = draw_protocol(false);
	unsigned which = (unsigned)draw(10);

	put32(f, 0x60000000);
	put16(f, 0);
	put8(f, 59);
	put8(f, (unsigned)draw(256));
	put_address6(f, which == 0);
	put_address6(f, which > 1);
	put_extensions(f, start + 6, protocol);
	put_payload(f, false, protocol, depth);
	set16(f, start + 4, one_in(20) ? (unsigned)draw(65536) : f->n - start - 40);
}

static void
put_ip(struct frame_bytes *f, bool v4, unsigned depth)
{
	if (v4)
		put_ip4(f, depth);
	else
		put_ip6(f, depth);
}

static void
put_ethernet(struct frame_bytes *f, bool v4)
{
	put_zeros(f, 12);
	for (uint64_t n = one_in(3) ? draw(4) : 0; n > 0; n--) {
		put16(f, one_in(2) ? 0x8100 : 0x88a8);
		put16(f, (unsigned)draw(4096));
	}
	switch (draw(10)) {
	case 0:
		put16(f, 0x8847);
		put32(f, 0x12345140);
		break;
	case 1:
		put16(f, 0x8864);
		put32(f, 0x11000001);
		put16(f, 100);
		put16(f, v4 ? 0x0021 : 0x0057);
		break;
	case 2:
		put16(f, one_in(2) ? 0x0806 : (unsigned)draw(65536));
		break;
	default:
		put16(f, v4 ? 0x0800 : 0x86dd);
	}
}

void
frame_draw(struct frame_bytes *f)
{
	bool v4 = !one_in(3);

	f->n = 0;
	f->link = one_in(5) ? TT_LINK_RAW : TT_LINK_ETHERNET;
	if (f->link == TT_LINK_ETHERNET)
		put_ethernet(f, v4);
	put_ip(f, v4, 0);
	if (one_in(4))
		for (uint64_t n = 1 + draw(3); n > 0; n--)
			f->bytes[draw(f->n)] = (uint8_t)draw(256);
}
