/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which snapshots the spools of a report have in the time that it is about, by what names and manifests say, and for
 * how long: no table is read, but for the small `coverage` of merged ones that are partial. One thread. Heap memory: about 320 bytes for each snapshot that the spools hold, whenever it is, and
 * 16 for each interval that those of the time are made of.
 *
 * Snapshots are merged and deleted while others read them, and a report passes over them several times. What it has of a
 * snapshot that was there in one pass cannot be taken out of its sums in another. So at first nobody is held up, and nothing is
 * mended: whoever could not read a snapshot asks tt_archive_still, and whoever is done asks tt_archive_check, whether all is as it was
 * listed. -EAGAIN says that it is not: then everything that was read is forgotten, and it begins anew with an archive
 * that is opened again. So a report is of the spools as they were at one time, with nothing twice. tt_archive_vanished notes what
 * was there and now is in no snapshot.
 *
 * How often may it begin anew? Where snapshots are merged one after the other, faster than a report reads ten months, no
 * number of tries is enough. So a try after the first holds all sensors that are wanted (tt_archive_wanted, tt_compactor_lock.h), also
 * where the archive could not be opened, and whoever would merge them waits for the time of one report. Not the first: a report mostly reads what nobody merges, and it may be read where locks
 * are not to be had. What can change under a try that holds them is what takes no lock, such as who deletes by hand; for this there are a
 * few more.
 */
#ifndef TT_ARCHIVE_H
#define TT_ARCHIVE_H

#include "tt_address_time.h"
#include "tt_owners.h"
#include "tt_period.h"
#include "tt_snapshot.h"
#include "tt_twice.h"

#include <sys/types.h>
#include <time.h>

/* Which directory has a snapshot's name. */
struct tt_archive_mark {
	dev_t device;
	ino_t number;
	struct timespec changed; /* when a file of it came or went; numbers are used again */
};

struct tt_archive_entry {
	const char *path;
	struct tt_archive_mark mark; /* from before its manifest was read */
	uint32_t number; /* in owners */
	uint32_t sensor; /* index into sensors */
	uint32_t spool; /* index into lists */
	int64_t start_us, end_us, observed_us;
	int64_t addresses; /* that rates are by, monitored; INT64_MAX: so many or more */
	int64_t least_addresses; /* of these, at any time: a merged one may be of fewer first, then more */
	struct tt_address_time address_time; /* of these */
	int64_t ipv4; /* monitored addresses of IPv4 */
	struct tt_address_time ipv4_time;
	bool ipv6; /* are there others? */
	bool tells_ipv6; /* which packets are of IPv6 */
	int64_t packets;
	int64_t ipv6_packets; /* of these; -1: not known before tt_archive_ipv6_packets */
	bool damaged; /* a table could not be read: what it has is in no figure */
};

/* Why something is left out. */
enum tt_archive_lack {
	TT_ARCHIVE_DAMAGED, /* a snapshot */
	TT_ARCHIVE_UNREADABLE, /* a snapshot that may not be read */
	TT_ARCHIVE_IN_CAUSES, /* out of chapter 2 alone (tt_cause.h): what counts packets is whole, and counts */
	TT_ARCHIVE_UNREAD, /* a directory: what is in it nobody knows */
	TT_ARCHIVE_VANISHED, /* a snapshot that was there when it was listed first */
};

/* What is left out, and why. */
struct tt_archive_damage {
	enum tt_archive_lack lack;
	char *path; /* of the snapshot or directory */
	char *where; /* the file in it, or the path */
	char *why;
	int64_t start_us,
			end_us; /* of a snapshot; of one whose name does not say when it ends, both the same */
	char sensor[TT_SENSOR_MAX
			+ 2]; /* of one that is damaged or unreadable, by its manifest or its path; "": not known */
	uint64_t *lost; /* [n_lost], ids of the intervals that vanished with it */
	size_t n_lost;
};

struct tt_archive {
	struct tt_snapshot_list *lists; /* [n_lists], one for each spool */
	size_t n_lists;
	struct tt_archive_entry *entries; /* [n], by sensor and start */
	size_t n, room;
	char (*sensors)[TT_SENSOR_MAX
			+ 1]; /* [n_sensors], that have snapshots, in order of their names */
	size_t n_sensors;
	/* IPv4, in the first of the periods, and IPv6 are monitored: rates are of packets of IPv4 by its addresses (docs/decisions/0018-rates-of-ipv4.md). */
	bool of_ipv4;
	struct tt_archive_damage *damages; /* [n_damages], as they were found */
	size_t n_damages;
	struct tt_twices twices; /* time that two snapshots of a sensor have */
	struct tt_owners owners; /* which entry has which interval */
};

struct tt_archive_wish {
	const char *const *spools; /* [n_spools] */
	size_t n_spools;
	const char *sensors; /* "A,B"; NULL: all */
	const struct tt_period *
			periods; /* [n_periods], what is wanted; the first is what rates are of */
	size_t n_periods;
};

/*
 * Fills an archive with the snapshots that have time of the periods. Those whose manifest cannot be read, and
 * directories that cannot be listed, are noted as damages. Returns 0; -EAGAIN where a snapshot went meanwhile; -ENOENT where a wanted sensor has none at all; -EEXIST where two spools have the
 * same time of a sensor, or two snapshots are made of the same interval; -ENOMEM; or what listing a spool gives; with err.
 */
int tt_archive_open(struct tt_archive *archive, const struct tt_archive_wish *wish,
		struct tt_error *err) TT_MUST_CHECK;
void tt_archive_close(struct tt_archive *archive);

/* Gives `each` the paths of the snapshots that may have time of the periods and be of wanted sensors, by their names: more than an
 * archive has, and without reading one. Returns 0, -ENOMEM, or what `each` gave that is not 0, at once. */
int tt_archive_wanted(const struct tt_archive_wish *wish,
		int (*each)(void *context, const char *path),
		void *context) TT_MUST_CHECK;

/* Makes ipv6_packets of an entry known: of a snapshot that does not tell it, from its destinations. Returns 0, or a negative errno with err
 * naming the file. */
int tt_archive_ipv6_packets(
		struct tt_archive_entry *entry, struct tt_error *err) TT_MUST_CHECK;

/* Notes that an entry is left out from now on. Returns 0 or -ENOMEM. */
int tt_archive_damaged(struct tt_archive *archive, struct tt_archive_entry *entry,
		const struct tt_error *err) TT_MUST_CHECK;

/* Notes that the causes are looked for without an entry. Returns 0 or -ENOMEM. */
int tt_archive_damaged_in_causes(struct tt_archive *archive,
		const struct tt_archive_entry *entry,
		const struct tt_error *err) TT_MUST_CHECK;

/* Is an entry, which could not be read, the snapshot that was listed? Returns 0, or -EAGAIN with err. */
int tt_archive_still(
		const struct tt_archive_entry *entry, struct tt_error *err) TT_MUST_CHECK;

/* Is all as it was when it was opened, as wished? A snapshot of an interval that came since is no change. Returns 0; -EAGAIN with err
 * naming what changed; or another negative errno. */
int tt_archive_check(const struct tt_archive *archive, const struct tt_archive_wish *wish,
		struct tt_error *err) TT_MUST_CHECK;

/* Notes as damages of an archive what `earlier`, of the same wish, had and it has not: snapshots that are gone, in part at least, without
 * being in another one. What `earlier` had noted of ones before it is noted again, unless the archive has it: the listing that `earlier` is
 * of may have missed the merged one that it is in. Returns 0 or -ENOMEM. */
int tt_archive_vanished(
		struct tt_archive *archive, struct tt_archive *earlier) TT_MUST_CHECK;

/* Is it a snapshot of a period that lacks this? */
bool tt_archive_damage_meets(const struct tt_archive_damage *damage,
		enum tt_archive_lack lack, const struct tt_period *period);

/* Is it a snapshot that is in no figure, as damaged or unreadable? */
static inline bool
tt_archive_damage_is_lost(const struct tt_archive_damage *damage)
{
	return damage->lack == TT_ARCHIVE_DAMAGED
			|| damage->lack == TT_ARCHIVE_UNREADABLE;
}

#endif
