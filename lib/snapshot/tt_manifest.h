/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * manifest.json of a snapshot, as a struct and as text (libjansson). Any thread, one struct each;
 * heap memory for the text and for the list of prefixes.
 *
 * Everything outside "run" is the same for the same packets, whichever program wrote it; "run"
 * holds the program, and the ledger, which names ports and queues. The text ends in no time of
 * writing, so that the same run gives the same bytes. run.manifest_sha256 is the hash of the
 * text itself with that value's 64 digits read as zeros: a changed manifest is found.
 */
#ifndef TT_MANIFEST_H
#define TT_MANIFEST_H

#include "tt_error.h"
#include "tt_ledger.h"
#include "tt_loaded.h"
#include "tt_part_ids.h"
#include "tt_sample.h"
#include "tt_schema.h"
#include "tt_sensor.h"

#define TT_MANIFEST_FILE "manifest.json"
#define TT_PACKETS_FILE  "detections.pcapng"
#define TT_RUN_TEXT_MAX  128 /* bytes of a program's or host's name, NUL included */

struct tt_manifest {
	int schema; /* its version, where it was parsed; 0: TT_SCHEMA_VERSION */
	char sensor[TT_SENSOR_MAX + 1];
	int64_t start_us, end_us; /* the interval, end exclusive */
	int64_t nominal_s, observed_us, gap_before_us;
	bool complete; /* else partial */
	bool exact; /* unique counts; else they are estimates: of a sample, one source and one */
	int64_t sources_one_in,
			contacts_one_in; /* contact in so many; 1 where all are kept */
	/* The same of the rows of `pairs` and of `contacts`: no more than these. */
	int64_t pair_rows_one_in, contact_rows_one_in;
	char sample[TT_SAMPLE_NAME_MAX]; /* tt_sample_name */
	char *monitored; /* CIDR list, heap */
	int64_t monitored_addresses;
	/* Of these, the addresses of IPv4 (without a list: all), and whether there are others. */
	int64_t monitored_ipv4;
	bool monitors_ipv6;
	/* Observed time times monitored IPv4 addresses: of a merged one, the sum of its parts'. */
	unsigned __int128 ipv4_us;
	struct tt_loaded loaded; /* how much of the observed time signatures were */
	/* Identities of the databases and of the rules. */
	char geo[256], asn[256], fingerprints[256], signatures[256];
	int64_t frames, packets, bytes, backscatter_packets; /* totals */
	int64_t ipv6_packets; /* of packets; -1: not told, as in those before version 6 */
	int64_t uniq_src_ip, targets, destinations;
	int64_t signature_packets, detections, signatures_cut_short;
	int64_t signature_sources_one_in;
	struct tt_parquet_result files[TT_N_TABLES];
	struct tt_parquet_result
			packets_file; /* tt_packets.h; bytes 0: there is no such file */
	int64_t packets_per_signature; /* that were to be kept; 0 without the file */

	/* run */
	char program[TT_RUN_TEXT_MAX], version[TT_RUN_TEXT_MAX], host[TT_RUN_TEXT_MAX];
	int64_t workers;
	struct tt_ledger_short ledger;
	struct tt_part_ids parts; /* that a merged one is made of; else empty */
	/* `teiten merge` made it, or all of its parts: no sensor counted it itself. Of `teiten compact` before it said so: false. */
	bool merged;
	uint64_t id; /* of this snapshot, as tt_part_ids.h says; known once it was parsed */
};

/* Does the snapshot have the table? Those of older versions lack some, as if they had no rows. */
static inline bool
tt_manifest_has(const struct tt_manifest *manifest, enum tt_table table)
{
	return manifest->schema == 0 || tt_schema_has(manifest->schema, table);
}

/* Does it tell IPv4 and IPv6 apart? */
static inline bool
tt_manifest_tells_ipv6(const struct tt_manifest *manifest)
{
	return tt_manifest_has(manifest, TT_TABLE_IPV6_TARGETS);
}

/* Has it the whole sketch of each target that it has a sketch of? Where a part of a merged one left some out, nobody knows which. */
static inline bool
tt_manifest_has_whole_sketches(const struct tt_manifest *manifest)
{
	return manifest->parts.n == 0
			|| manifest->ledger.not_kept[TT_LEDGER_SKETCHES].keys == 0;
}

void tt_manifest_fini(struct tt_manifest *manifest);

/* Works out monitored_ipv4 and monitors_ipv6 from the list. Returns 0 or -ENOMEM; of a list that is none, as if there were none. */
int tt_manifest_note_monitored(struct tt_manifest *manifest) TT_MUST_CHECK;

/* The ledger in short as a JSON object (libjansson) of its own, as manifests and `teiten info
 * --json` have it. NULL if memory is short. */
struct json_t;
struct json_t *tt_ledger_short_pack(const struct tt_ledger_short *ledger);

/* The text, which the caller frees. NULL if memory is short or a name is not UTF-8. */
char *tt_manifest_format(const struct tt_manifest *manifest);

/*
 * Parses text[size] into a zeroed struct. path is for messages. Returns 0, or -EBADMSG with err
 * naming what is wrong (an unknown schema version with both versions), or -ENOMEM.
 */
int tt_manifest_parse(struct tt_manifest *manifest, const char *text, size_t size,
		const char *path, struct tt_error *err) TT_MUST_CHECK;

/* Is the text the one whose hash it carries? */
bool tt_manifest_intact(const char *text, size_t size);

/*
 * Does the text say `merged`, is it of this schema version, and the one whose hash it carries? Without parsing it, in a tenth of
 * the time; false where it has to be parsed to know.
 */
bool tt_manifest_says_merged(const char *text, size_t size);

const char *tt_manifest_status(
		const struct tt_manifest *manifest); /* "complete", "partial" */
const char *tt_manifest_uniques(
		const struct tt_manifest *manifest); /* "exact", "estimated" */

#endif
