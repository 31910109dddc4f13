/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_manifest.h"
#include "tt_prefix.h"
#include "tt_sha256.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

#include <jansson.h>

#define HASH_KEY    "\"manifest_sha256\": \""
#define HASH_DIGITS 64

/* As tt_manifest_format writes them. No string of JSON has a line break in it. */
#define VERSION_LINE "\n  \"schema_version\": %d,\n"
#define MERGED_LINE  "\n    \"merged\": true,\n"

static const char zeros[HASH_DIGITS + 1] =
		"0000000000000000000000000000000000000000000000000000000000000000";

void
tt_manifest_fini(struct tt_manifest *manifest)
{
	free(manifest->monitored);
	tt_part_ids_fini(&manifest->parts);
	*manifest = (struct tt_manifest){0};
}

int
tt_manifest_note_monitored(struct tt_manifest *manifest)
{
	struct tt_prefix_set set = {0};
	int ret = *manifest->monitored == '\0'
			? -EINVAL
			: tt_prefix_set_parse(&set, manifest->monitored, NULL);

	manifest->monitored_ipv4 = ret == 0 ? tt_prefix_set_size_ipv4(&set)
					    : manifest->monitored_addresses;
	manifest->monitors_ipv6 = ret == 0 && tt_prefix_set_has_ipv6(&set);
	tt_prefix_set_fini(&set);
	return ret == -ENOMEM ? ret : 0;
}

/* More than fits an integer of JSON: 40 digits and NUL at most. */
static const char *
big_text(unsigned __int128 n, char text[40])
{
	char *at = text + 39;

	*at = '\0';
	do
		*--at = (char)('0' + (char)(n % 10));
	while ((n /= 10) != 0);
	return at;
}

const char *
tt_manifest_status(const struct tt_manifest *manifest)
{
	return manifest->complete ? "complete" : "partial";
}

const char *
tt_manifest_uniques(const struct tt_manifest *manifest)
{
	return manifest->exact ? "exact" : "estimated";
}

static json_t *
pack_time(int64_t us)
{
	char text[TT_TIME_TEXT_MAX];

	return json_string(tt_time_format(us, text));
}

static json_t *
pack_interval(const struct tt_manifest *m)
{
	return json_pack("{s:o s:o s:I s:I s:I s:s s:s s:I s:I s:I s:I s:I s:s}", "start",
			pack_time(m->start_us), "end", pack_time(m->end_us), "nominal_s",
			(json_int_t)m->nominal_s, "observed_us",
			(json_int_t)m->observed_us, "gap_before_us",
			(json_int_t)m->gap_before_us, "status", tt_manifest_status(m),
			"uniques", tt_manifest_uniques(m), "sources_one_in",
			(json_int_t)m->sources_one_in, "contacts_one_in",
			(json_int_t)m->contacts_one_in, "pair_rows_one_in",
			(json_int_t)m->pair_rows_one_in, "contact_rows_one_in",
			(json_int_t)m->contact_rows_one_in, "signature_sources_one_in",
			(json_int_t)m->signature_sources_one_in, "sample", m->sample);
}

static json_t *
pack_totals(const struct tt_manifest *m)
{
	return json_pack("{s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I}", "frames",
			(json_int_t)m->frames, "packets", (json_int_t)m->packets, "bytes",
			(json_int_t)m->bytes, "backscatter_packets",
			(json_int_t)m->backscatter_packets, "uniq_src_ip",
			(json_int_t)m->uniq_src_ip, "targets", (json_int_t)m->targets,
			"destinations", (json_int_t)m->destinations, "detections",
			(json_int_t)m->detections, "signature_packets",
			(json_int_t)m->signature_packets, "signatures_cut_short",
			(json_int_t)m->signatures_cut_short);
}

static json_t *
pack_file(const struct tt_parquet_result *file)
{
	return json_pack("{s:I s:I s:s}", "rows", (json_int_t)file->rows, "bytes",
			(json_int_t)file->bytes, "sha256", file->sha256);
}

static json_t *
pack_not_kept(const struct tt_ledger_short *s)
{
	json_t *tables = json_object();

	for (unsigned i = 0; i < TT_N_LEDGER_TABLES; i++) {
		const struct tt_ledger_not_kept *n = &s->not_kept[i];
		json_t *table = json_pack("{s:I s:I}", "packets", (json_int_t)n->packets,
				"keys", (json_int_t)n->keys);

		if (json_object_set_new(tables,
				    tt_ledger_table_name((enum tt_ledger_table)i), table)
				!= 0) {
			json_decref(tables);
			return NULL;
		}
	}
	return tables;
}

struct json_t *
tt_ledger_short_pack(const struct tt_ledger_short *s)
{
	json_t *ledger = json_pack("{s:I s:I s:I s:I s:I s:I s:I s:o s:b}", "offered",
			(json_int_t)tt_ledger_offered(s), "missed", (json_int_t)s->missed,
			"no_mbuf", (json_int_t)s->no_mbuf, "errors",
			(json_int_t)s->errors, "delivered", (json_int_t)s->delivered,
			"counted", (json_int_t)s->counted, "late", (json_int_t)s->late,
			"not_kept", pack_not_kept(s), "closes", (int)s->closes);

	if (ledger == NULL || s->link_down_us == 0
			|| json_object_set_new(ledger, "link_down_us",
					   json_integer((json_int_t)s->link_down_us))
					== 0)
		return ledger;
	json_decref(ledger);
	return NULL;
}

/* Of a merged one, the ids of its parts. Returns false if memory is short. */
static bool
pack_parts(json_t *run, const struct tt_manifest *m)
{
	char *text = m->parts.n == 0 ? NULL : tt_part_ids_format(&m->parts);
	bool done = m->parts.n == 0
			|| (text != NULL
					&& json_object_set_new(run, "parts",
							   json_string(text))
							== 0);

	free(text);
	return done;
}

/* Returns false if memory is short. */
static bool
pack_merged(json_t *run, const struct tt_manifest *m)
{
	return !m->merged || json_object_set_new(run, "merged", json_true()) == 0;
}

static json_t *
pack_run(const struct tt_manifest *m)
{
	json_t *run = json_pack("{s:s s:s s:s s:I s:o s:{s:o} s:s}", "program",
			m->program, "version", m->version, "host", m->host, "workers",
			(json_int_t)m->workers, "ledger",
			tt_ledger_short_pack(&m->ledger), "files",
			tt_schema_of(TT_TABLE_LEDGER)->file,
			pack_file(&m->files[TT_TABLE_LEDGER]), "manifest_sha256", zeros);

	if (run == NULL || (pack_parts(run, m) && pack_merged(run, m)))
		return run;
	json_decref(run);
	return NULL;
}

static json_t *
pack_files(const struct tt_manifest *m)
{
	json_t *files = json_object();

	for (unsigned i = 0; i < TT_N_TABLES; i++) {
		if (i != TT_TABLE_LEDGER && tt_manifest_has(m, (enum tt_table)i)
				&& json_object_set_new(files,
						   tt_schema_of((enum tt_table)i)->file,
						   pack_file(&m->files[i]))
						!= 0) {
			json_decref(files);
			return NULL;
		}
	}
	return files;
}

/* Of the packets that were kept, where there are any. Returns false if memory is short. */
static bool
pack_packets(json_t *root, const struct tt_manifest *m)
{
	json_t *packets;

	if (m->packets_file.bytes == 0)
		return true;
	packets = json_pack("{s:s s:I s:I s:I s:s}", "file", TT_PACKETS_FILE,
			"per_signature", (json_int_t)m->packets_per_signature, "packets",
			(json_int_t)m->packets_file.rows, "bytes",
			(json_int_t)m->packets_file.bytes, "sha256",
			m->packets_file.sha256);
	return json_object_set_new(root, "packets", packets) == 0;
}

/* What is told by IP version, from schema version 6 on. Returns false if memory is short. */
static bool
pack_versions(json_t *root, const struct tt_manifest *m)
{
	char text[40];

	if (!tt_manifest_tells_ipv6(m))
		return true;
	return json_object_set_new(
			       root, "monitored_ipv4", json_integer(m->monitored_ipv4))
			== 0
			&& json_object_set_new(root, "monitored_ipv4_us",
					   json_string(big_text(m->ipv4_us, text)))
			== 0
			&& json_object_set_new(json_object_get(root, "totals"),
					   "ipv6_packets", json_integer(m->ipv6_packets))
			== 0;
}

/* How much of the time signatures were loaded, where that is known. Returns false if memory is short. */
static bool
pack_loaded(json_t *root, const struct tt_manifest *m)
{
	const struct tt_loaded *loaded = &m->loaded;
	char addresses[40], ipv4[40];

	return !loaded->told
			|| json_object_set_new(root, "signatures_loaded",
					   json_pack("{s:I s:s s:s}", "observed_us",
							   (json_int_t)loaded
									   ->observed_us,
							   "address_us",
							   big_text(loaded->address_us,
									   addresses),
							   "ipv4_us",
							   big_text(loaded->ipv4_us,
									   ipv4)))
			== 0;
}

static json_t *
pack(const struct tt_manifest *m)
{
	json_t *root = json_pack("{s:i s:s s:o s:s s:I s:s s:s s:s s:s s:o s:o s:o}",
			"schema_version", m->schema == 0 ? TT_SCHEMA_VERSION : m->schema,
			"sensor", m->sensor, "interval", pack_interval(m), "monitored",
			m->monitored, "monitored_addresses",
			(json_int_t)m->monitored_addresses, "geo", m->geo, "asn", m->asn,
			"fingerprints", m->fingerprints, "signatures", m->signatures,
			"totals", pack_totals(m), "files", pack_files(m), "run",
			pack_run(m));

	if (root == NULL
			|| (pack_packets(root, m) && pack_versions(root, m)
					&& pack_loaded(root, m)))
		return root;
	json_decref(root);
	return NULL;
}

static char *
hash_place(const char *text, size_t size)
{
	char *key = memmem(text, size, HASH_KEY, strlen(HASH_KEY));

	if (key == NULL)
		return NULL;
	key += strlen(HASH_KEY);
	return (size_t)(text + size - key) >= HASH_DIGITS ? key : NULL;
}

/* The hash of the text with the digits at `place` read as zeros. */
static void
hash_text(const char *text, size_t size, const char *place, char hex[TT_SHA256_TEXT_SIZE])
{
	const char *rest = place + HASH_DIGITS;
	struct tt_sha256 sha;

	tt_sha256_begin(&sha);
	tt_sha256_add(&sha, text, (size_t)(place - text));
	tt_sha256_add(&sha, zeros, HASH_DIGITS);
	tt_sha256_add(&sha, rest, (size_t)(text + size - rest));
	tt_sha256_end(&sha, hex);
}

char *
tt_manifest_format(const struct tt_manifest *manifest)
{
	json_t *root = pack(manifest);
	char *dump = root == NULL ? NULL
				  : json_dumps(root, JSON_INDENT(2) | JSON_SORT_KEYS);
	char hex[TT_SHA256_TEXT_SIZE];
	char *text = NULL, *place;
	int size;

	json_decref(root);
	if (dump == NULL)
		return NULL;
	size = asprintf(&text, "%s\n", dump);
	free(dump);
	if (size < 0)
		return NULL;
	place = hash_place(text, (size_t)size);
	TT_ASSERT(place != NULL);
	hash_text(text, (size_t)size, place, hex);
	memcpy(place, hex, HASH_DIGITS);
	return text;
}

bool
tt_manifest_intact(const char *text, size_t size)
{
	char hex[TT_SHA256_TEXT_SIZE];
	const char *place = hash_place(text, size);

	if (place == NULL)
		return false;
	hash_text(text, size, place, hex);
	return memcmp(place, hex, HASH_DIGITS) == 0;
}

bool
tt_manifest_says_merged(const char *text, size_t size)
{
	char version[64];
	int n = snprintf(version, sizeof(version), VERSION_LINE, TT_SCHEMA_VERSION);

	return memmem(text, size, MERGED_LINE, strlen(MERGED_LINE)) != NULL
			&& memmem(text, size, version, (size_t)n) != NULL
			&& tt_manifest_intact(text, size);
}
