/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What earlier intervals saw, for facts that reach over intervals: is this the first time that a
 * target is seen at this sensor, does a source come back? Belongs to who merges; asked while an
 * interval is merged. One thread at a time.
 *
 * Memory is fixed at creation: 8 bytes for every target that there can be, so targets are always
 * exact, and 38 bytes for each of `sources` addresses at most. When these are full, sources are
 * kept by threshold sampling as in the tables (only those whose tt_sample_hash has its `shift`
 * top bits zero; shift grows by one whenever there is no room, up to TT_SAMPLE_SHIFT_MAX), and all
 * others are unknown: counts are then scaled by 2^shift. Sources that were not seen for the
 * horizon are forgotten first. Where even the last shift has no room, which takes addresses chosen
 * for their hash, what comes is unknown, and for a horizon nothing is answered with "no".
 *
 * The hash is mixed with a secret of the sensor, which the file keeps: who does not know it cannot
 * choose addresses that force the shift up, or that are remembered or not. Replays have the secret
 * 0, so that they can be repeated.
 *
 * The shift falls again. When an interval begins and the sources seen within the horizon take no
 * more than a quarter of the room, a larger sample is collected: of a shift so much lower that
 * they would take at most half. What it adds is unknown as before, until the interval that lies a
 * whole horizon after the one with which collecting began: then its history is complete, and it
 * becomes the sample. If there is no room meanwhile, what is collected is halved first, down to
 * the sample itself. So a flood is over for this memory two horizons and an interval after it,
 * unless the sources that are left need a sample as well. Until collecting begins, each interval
 * costs one pass over the table.
 *
 * Asking twice about the same interval, or about a part of its sources and then about all, gives
 * the same answers: "seen before" means in an interval that starts earlier than the one asked
 * about, and the shift falls only with the first source of an interval later than all before.
 * Meanwhile it may have grown; once all sources of an interval were entered, asking again does
 * not change it, and what is then counted is counted at one shift.
 *
 * An interval may itself have kept only the sources whose hash has its `pair_shift` top bits zero,
 * since the tables were full; the others it had are then missing here. That nobody saw a source
 * is known only where every interval within the horizon kept it: one that is not in the sample of
 * the coarsest of them, and not remembered, is unknown. That a source was seen is certain, so
 * that "yes" is told of any; but who counts leaves out the sources beyond that sample also
 * where they are known to return (tt_recall_shift_for), or too many would be counted of them.
 * So the rate of an interval is told when it begins, and the starts of the latest two intervals
 * of each rate are kept, half a KiB in all: as far back as the intervals of a source are.
 *
 * Intervals come in ascending order. One that begins before the latest is late (the clock was set
 * back, or older captures are read): of a source the latest two intervals are known, and others
 * may be forgotten, so that "yes" is certain and "no" is never told of it. Its other sources are
 * unknown, and tt_recall_shift_for answers with the coarsest rate there is, at which hardly a
 * source is known. What is late changes no answer about later intervals that were asked about
 * before. Targets are exact in any order.
 *
 * It is a memory of the intervals that were entered: times that nobody captured leave no mark.
 *
 * A source takes 32 bytes, and six in an index with three slots for two sources, so that searches stay
 * short; a target needs no search. Sampling by the hash of the address, rather than dropping
 * what comes last, makes the remembered part one that counts can be scaled by.
 */
#ifndef TT_RECALL_H
#define TT_RECALL_H

#include "tt_addr.h"
#include "tt_class.h"
#include "tt_error.h"
#include "tt_mem.h"

struct tt_recall;

enum tt_returning {
	TT_RETURNING_NO,
	TT_RETURNING_YES,
	TT_RETURNING_UNKNOWN, /* not in the sample, of this memory or of an interval before */
};

/* sources: 2^10 to 2^28; horizon_us: how long a source is remembered after it was last seen, from
 * interval start to interval start, inclusive. Returns 0, -EINVAL or -ENOMEM. */
int tt_recall_create(struct tt_recall **recall, uint64_t sources, int64_t horizon_us,
		struct tt_mem *mem, struct tt_error *err) TT_MUST_CHECK;
void tt_recall_destroy(struct tt_recall *recall); /* NULL is allowed */
/* What tt_recall_create takes from mem. */
uint64_t tt_recall_bytes(uint64_t sources);

/* Forgets everything but the secret. */
void tt_recall_clear(struct tt_recall *recall);

/* Sets the secret that sources are sampled with; 0 before. True; or false, and nothing is changed,
 * where something was sampled already. */
bool tt_recall_set_secret(struct tt_recall *recall, uint64_t secret);
uint64_t tt_recall_secret(const struct tt_recall *recall);

/* Is it one of those that can be entered? Its code does not count. */
bool tt_recall_has_target(struct tt_target target);

/* Enters a target seen in the interval that starts at start_us. True: no earlier one had it. Its
 * code does not count. */
bool tt_recall_target(
		struct tt_recall *recall, struct tt_target target, int64_t start_us);

/* Begins to enter the sources of an interval whose pairs were sampled at one source in
 * 2^pair_shift, 0 to TT_SAMPLE_SHIFT_MAX. May be called again for the same interval, like all that follows. */
void tt_recall_begin(struct tt_recall *recall, int64_t start_us, unsigned pair_shift);

/* Enters a source seen in the interval, which is the one begun last, and says whether an earlier
 * one within the horizon had it. hash: tt_sample_hash(tt_recall_secret, tt_sketch_hash) of the
 * address. */
enum tt_returning tt_recall_source(struct tt_recall *recall, struct tt_addr src,
		uint64_t hash, int64_t start_us);

/* Fetch what tt_recall_source will read of a source: its place in the index first, and once that is
 * likely to be there, what is known of it. */
void tt_recall_prefetch(const struct tt_recall *recall, struct tt_addr src);
void tt_recall_prefetch_source(const struct tt_recall *recall, struct tt_addr src);

/* Of one source in 2^shift there is room to remember whether it returns. */
unsigned tt_recall_shift(const struct tt_recall *recall);

/* Of one source in 2^shift it is known whether an interval within the horizon before start_us had
 * it: the higher of tt_recall_shift and of the highest pair_shift of these intervals. At that
 * shift or the interval's own pair_shift, whichever is higher, the "yes" of sources whose hash
 * has so many top bits zero, times 2^shift, are a count without bias. Of an interval that is late,
 * TT_SAMPLE_SHIFT_MAX: a count that says nothing. To be asked once all sources of the interval
 * were entered. */
unsigned tt_recall_shift_for(const struct tt_recall *recall, int64_t start_us);

/* Start of the earliest interval that was entered, in whatever order; 0 where none was. */
int64_t tt_recall_since_us(const struct tt_recall *recall);

/* Start of the latest interval that was begun; INT64_MIN where none was. */
int64_t tt_recall_latest_us(const struct tt_recall *recall);

/*
 * Keeps the memory in a file, so that a restart does not forget: written under a temporary name
 * ("PATH.tmp") and renamed, both made durable. Little-endian, with a version, the sensor's name,
 * the secret, for which only its owner may read it, and a checksum; the same content is the same
 * bytes. Sources are in the order of their hash and sorted a part at a time, for which two to four
 * bytes per source are on the heap meanwhile (up to 32 where addresses were chosen for their hash).
 * Returns 0 or a negative errno with err naming the file; what was there is then still there.
 */
int tt_recall_save(const struct tt_recall *recall, const char *path, const char *sensor,
		struct tt_error *err) TT_MUST_CHECK;

/* Reads what tt_recall_save wrote into an empty recall, whatever the horizon was (what a shorter
 * one let it forget stays forgotten); one that has room for fewer sources takes a higher shift.
 * The secret is then the file's.
 * Returns 0; -ENOENT without a file; -EBADMSG for a damaged one, another version or sensor;
 * another negative errno where it cannot be read; err names it. After an error the recall is
 * empty and has the secret that it had. */
int tt_recall_load(struct tt_recall *recall, const char *path, const char *sensor,
		struct tt_error *err) TT_MUST_CHECK;

#endif
