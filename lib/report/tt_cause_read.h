/* SPDX-License-Identifier: BSD-3-Clause */
/* Inside the causes: what the readers of a snapshot's tables share. */
#ifndef TT_CAUSE_READ_H
#define TT_CAUSE_READ_H

#include "tt_cause.h"
#include "tt_cause_ipv6.h"

#include <errno.h>

#define TT_CAUSE_NAMED_BITS 4096

/* Where a snapshot's packets go. */
struct tt_cause_place {
	struct tt_cause *cause;
	const char *path;
	enum tt_cause_span span;
	size_t slice, day; /* in which it starts */
	struct tt_observed observed;
	bool torn; /* it reaches over the end of the day: in no slice and no day */
	bool without_ipv6; /* what is IPv6 does not count, and is known */
	struct tt_cause_ipv6 *ipv6; /* what is to be taken off targets; NULL: nothing */
	bool sampled; /* pairs has rows of some sources alone */
	bool finer; /* and sources has more of them */
	bool sketched; /* and sketches has targets whole, where it has them */
	uint64_t named[TT_CAUSE_NAMED_BITS
			/ 64]; /* bits of addresses that talkers has, of any target */
	/* The sketch that was read last: the text of its key, and its target. */
	struct {
		uint64_t text_id;
		uint32_t code, of;
	} sketch;
};

static inline int
tt_cause_no_memory(const struct tt_cause_place *p, struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, p->path, "out of memory");
}

static inline int
tt_cause_bad_address(
		const struct tt_cause_place *p, const char *text, struct tt_error *err)
{
	return tt_error_set(err, -EBADMSG, p->path, "\"%s\" is no address", text);
}

/* Of IPv6, whose packets do not count? */
static inline bool
tt_cause_is_left_out(const struct tt_cause_place *p, struct tt_addr address)
{
	return p->without_ipv6 && !tt_addr_is_v4(address);
}

/* Begins the sources of the snapshot. */
void tt_cause_sources_begin(struct tt_cause_place *p, const struct tt_manifest *m);

/* Notes an address that talkers has, as a source of the target with so many packets; its country, where it is known. Returns 0 or -ENOMEM. */
int tt_cause_sources_name(struct tt_cause_place *p, uint32_t of, struct tt_addr address,
		int64_t packets) TT_MUST_CHECK;
/* And once it is among `addresses`. */
void tt_cause_sources_tell(const struct tt_cause_place *p, uint32_t of,
		struct tt_addr address, uint16_t country);

/* Rows of tables, as tt_pick.h takes them; context: the place. */
int tt_cause_take_pair(void *context, const struct tt_picked *row, struct tt_error *err);
int tt_cause_take_source(
		void *context, const struct tt_picked *row, struct tt_error *err);
int tt_cause_take_register(
		void *context, const struct tt_picked *row, struct tt_error *err);

#endif
