/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Which snapshots the spools of a report have in the time that it is about, by what names and manifests say: no
 * table is read. One thread. Heap memory: about 300 bytes for each snapshot that the spools hold, whenever it is.
 */
#ifndef TT_ARCHIVE_H
#define TT_ARCHIVE_H

#include "tt_period.h"
#include "tt_snapshot.h"
#include "tt_twice.h"

struct tt_archive_entry {
	const char *path;
	uint32_t sensor; /* index into sensors */
	uint32_t spool; /* index into lists */
	int64_t start_us, end_us, observed_us;
	int64_t addresses; /* monitored; INT64_MAX: so many or more */
	int64_t packets;
	bool damaged; /* a table could not be read: what it has is in no figure */
};

/* A snapshot that is left out, and why. */
struct tt_archive_damage {
	char *path, *why;
	int64_t start_us; /* as its name says; -1: of a directory, whose snapshots nobody knows */
	bool in_causes; /* out of chapter 2 alone (tt_cause.h): what counts packets is whole, and counts */
};

struct tt_archive {
	struct tt_snapshot_list *lists; /* [n_lists], one for each spool */
	size_t n_lists;
	struct tt_archive_entry *entries; /* [n], by sensor and start */
	size_t n, room;
	char (*sensors)[TT_SENSOR_MAX
			+ 1]; /* [n_sensors], that have snapshots, in order of their names */
	size_t n_sensors;
	struct tt_archive_damage *damages; /* [n_damages], as they were found */
	size_t n_damages;
	struct tt_twices twices; /* time that two snapshots of a sensor have */
};

struct tt_archive_wish {
	const char *const *spools; /* [n_spools] */
	size_t n_spools;
	const char *sensors; /* "A,B"; NULL: all */
	const struct tt_period *periods; /* [n_periods], what is wanted */
	size_t n_periods;
};

/*
 * Fills an archive with the snapshots that have time of the periods. Those whose manifest cannot be read are
 * noted as damages. Returns 0; -ENOENT where a wanted sensor has none at all; -EEXIST where two spools have the
 * same time of a sensor, or two snapshots are made of the same interval; -ENOMEM; or what listing a spool gives; with err.
 */
int tt_archive_open(struct tt_archive *archive, const struct tt_archive_wish *wish,
		struct tt_error *err) TT_MUST_CHECK;
void tt_archive_close(struct tt_archive *archive);

/* Notes that an entry is left out from now on. Returns 0 or -ENOMEM. */
int tt_archive_damaged(struct tt_archive *archive, struct tt_archive_entry *entry,
		const struct tt_error *err) TT_MUST_CHECK;

/* Notes that the causes are looked for without an entry. Returns 0 or -ENOMEM. */
int tt_archive_damaged_in_causes(struct tt_archive *archive,
		const struct tt_archive_entry *entry,
		const struct tt_error *err) TT_MUST_CHECK;

/* Is it missing in all that a period's packets are counted by, as far as anybody knows? */
bool tt_archive_damage_meets(
		const struct tt_archive_damage *damage, const struct tt_period *period);

#endif
