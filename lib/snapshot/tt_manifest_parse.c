/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_manifest_parse.h"
#include "tt_tally.h"
#include "tt_time.h"

#include <errno.h>
#include <string.h>

int
tt_manifest_wrong(const struct tt_manifest_parse *p, const char *what, const char *why)
{
	return tt_error_set(p->err, -EBADMSG, p->path, "%s: %s", what, why);
}

static int
copy_text(const struct tt_manifest_parse *p, char *to, size_t room, const char *from,
		const char *what)
{
	if (strlen(from) >= room)
		return tt_manifest_wrong(p, what, "too long");
	memcpy(to, from, strlen(from) + 1);
	return 0;
}

/* Takes one of two words: *is_first tells which. */
static int
take_word(const struct tt_manifest_parse *p, const char *word, const char *first,
		const char *second, bool *is_first, const char *what)
{
	*is_first = strcmp(word, first) == 0;
	if (!*is_first && strcmp(word, second) != 0)
		return tt_error_set(p->err, -EBADMSG, p->path,
				"%s is \"%s\", neither \"%s\" nor \"%s\"", what, word,
				first, second);
	return 0;
}

/* Of samplings, each of which halves the one before. */
static bool
is_rate(json_int_t one_in)
{
	return one_in >= 1 && one_in <= INT64_C(1) << TT_SAMPLE_SHIFT_MAX
			&& (one_in & (one_in - 1)) == 0;
}

static int
take_interval(const struct tt_manifest_parse *p, json_t *interval)
{
	struct tt_manifest *m = p->m;
	const char *start, *end, *status, *uniques, *sample;
	json_int_t nominal, observed, gap, sources, contacts, pair_rows, contact_rows,
			signatures;
	json_error_t why;
	int ret;

	if (json_unpack_ex(interval, &why, 0,
			    "{s:s s:s s:I s:I s:I s:s s:s s:I s:I s:I s:I s:I s:s}",
			    "start", &start, "end", &end, "nominal_s", &nominal,
			    "observed_us", &observed, "gap_before_us", &gap, "status",
			    &status, "uniques", &uniques, "sources_one_in", &sources,
			    "contacts_one_in", &contacts, "pair_rows_one_in", &pair_rows,
			    "contact_rows_one_in", &contact_rows,
			    "signature_sources_one_in", &signatures, "sample", &sample)
			!= 0)
		return tt_manifest_wrong(p, "interval", why.text);
	if (tt_time_parse(start, &m->start_us) != 0
			|| tt_time_parse(end, &m->end_us) != 0)
		return tt_manifest_wrong(p, "interval", "start or end is no time");
	if (m->end_us < m->start_us || observed < 0 || gap < 0 || nominal < 0
			|| !is_rate(sources) || !is_rate(contacts) || !is_rate(pair_rows)
			|| !is_rate(contact_rows) || !is_rate(signatures)
			|| pair_rows < sources || contact_rows < contacts)
		return tt_manifest_wrong(p, "interval", "contradicts itself");
	m->nominal_s = nominal;
	m->observed_us = observed;
	m->gap_before_us = gap;
	m->sources_one_in = sources;
	m->contacts_one_in = contacts;
	m->pair_rows_one_in = pair_rows;
	m->contact_rows_one_in = contact_rows;
	m->signature_sources_one_in = signatures;
	ret = copy_text(p, m->sample, sizeof(m->sample), sample, "sample");
	if (ret == 0)
		ret = take_word(p, status, "complete", "partial", &m->complete, "status");
	if (ret == 0)
		ret = take_word(p, uniques, "exact", "estimated", &m->exact, "uniques");
	if (ret == 0 && m->exact != (sources == 1 && contacts == 1))
		ret = tt_manifest_wrong(
				p, "interval", "uniques contradicts the sampling");
	return ret;
}

static int
take_totals(const struct tt_manifest_parse *p, json_t *totals)
{
	struct tt_manifest *m = p->m;
	json_int_t frames, packets, bytes, backscatter, sources, targets, destinations,
			detections, matching, cut_short;
	json_error_t why;

	if (json_unpack_ex(totals, &why, 0, "{s:I s:I s:I s:I s:I s:I s:I s:I s:I s:I}",
			    "frames", &frames, "packets", &packets, "bytes", &bytes,
			    "backscatter_packets", &backscatter, "uniq_src_ip", &sources,
			    "targets", &targets, "destinations", &destinations,
			    "detections", &detections, "signature_packets", &matching,
			    "signatures_cut_short", &cut_short)
			!= 0)
		return tt_manifest_wrong(p, "totals", why.text);
	if (frames < 0 || packets < 0 || bytes < 0 || backscatter < 0 || sources < 0
			|| targets < 0 || destinations < 0 || detections < 0
			|| matching < 0 || cut_short < 0)
		return tt_manifest_wrong(p, "totals", "a negative count");
	m->frames = frames;
	m->packets = packets;
	m->bytes = bytes;
	m->backscatter_packets = backscatter;
	m->uniq_src_ip = sources;
	m->targets = targets;
	m->destinations = destinations;
	m->detections = detections;
	m->signature_packets = matching;
	m->signatures_cut_short = cut_short;
	return 0;
}

static int
take_file(const struct tt_manifest_parse *p, json_t *files, enum tt_table table)
{
	struct tt_parquet_result *file = &p->m->files[table];
	const char *name = tt_schema_of(table)->file;
	const char *sha256;
	json_int_t rows, bytes;
	json_error_t why;

	if (json_unpack_ex(files, &why, 0, "{s:{s:I s:I s:s}}", name, "rows", &rows,
			    "bytes", &bytes, "sha256", &sha256)
			!= 0)
		return tt_manifest_wrong(p, "files", why.text);
	if (rows < 0 || bytes < 0 || strlen(sha256) != sizeof(file->sha256) - 1)
		return tt_manifest_wrong(p, name, "rows, bytes or sha256 cannot be");
	file->rows = rows;
	file->bytes = bytes;
	memcpy(file->sha256, sha256, sizeof(file->sha256));
	return 0;
}

/* files: all tables but the ledger. Whatever else is named there is unknown to this version. */
static int
take_files(const struct tt_manifest_parse *p, json_t *files)
{
	size_t n = 0;

	for (unsigned i = 0; i < TT_N_TABLES; i++) {
		int ret;

		if (i == TT_TABLE_LEDGER || !tt_manifest_has(p->m, (enum tt_table)i))
			continue;
		ret = take_file(p, files, (enum tt_table)i);
		if (ret != 0)
			return ret;
		n++;
	}
	if (json_object_size(files) != n)
		return tt_manifest_wrong(p, "files",
				"names files that this version does not know");
	return 0;
}

/* The file of packets, where there is one. */
static int
take_packets(const struct tt_manifest_parse *p, json_t *packets)
{
	struct tt_parquet_result *file = &p->m->packets_file;
	const char *name, *sha256;
	json_int_t each, n, bytes;
	json_error_t why;

	if (packets == NULL)
		return 0;
	if (json_unpack_ex(packets, &why, 0, "{s:s s:I s:I s:I s:s}", "file", &name,
			    "per_signature", &each, "packets", &n, "bytes", &bytes,
			    "sha256", &sha256)
			!= 0)
		return tt_manifest_wrong(p, "packets", why.text);
	if (strcmp(name, TT_PACKETS_FILE) != 0 || each < 1 || n < 1 || bytes < 1
			|| strlen(sha256) != sizeof(file->sha256) - 1)
		return tt_manifest_wrong(p, "packets", "cannot be");
	p->m->packets_per_signature = each;
	file->rows = n;
	file->bytes = bytes;
	memcpy(file->sha256, sha256, sizeof(file->sha256));
	return 0;
}

static int
take_parts(const struct tt_manifest_parse *p, const char *hash, const char *parts)
{
	int ret = tt_part_id_parse(hash, &p->m->id);

	if (ret != 0)
		return tt_manifest_wrong(p, "run.manifest_sha256", "no hash");
	ret = parts == NULL ? 0 : tt_part_ids_parse(&p->m->parts, parts);
	if (ret == -ENOMEM)
		return tt_error_set(p->err, ret, p->path, "out of memory");
	return ret == 0 ? 0
			: tt_manifest_wrong(p, "run.parts", "no list of hashes in order");
}

static int
take_run(const struct tt_manifest_parse *p, json_t *run)
{
	struct tt_manifest *m = p->m;
	const char *program, *version, *host, *hash, *parts = NULL;
	json_t *ledger, *files;
	json_int_t workers;
	json_error_t why;
	int ret, merged = 0;

	if (json_unpack_ex(run, &why, 0, "{s:s s:s s:s s:I s:o s:o s:s s?s s?b}",
			    "program", &program, "version", &version, "host", &host,
			    "workers", &workers, "ledger", &ledger, "files", &files,
			    "manifest_sha256", &hash, "parts", &parts, "merged", &merged)
			!= 0)
		return tt_manifest_wrong(p, "run", why.text);
	m->workers = workers;
	m->merged = merged || strcmp(program, "teiten merge") == 0;
	ret = copy_text(p, m->program, sizeof(m->program), program, "run.program");
	if (ret == 0)
		ret = copy_text(p, m->version, sizeof(m->version), version,
				"run.version");
	if (ret == 0)
		ret = copy_text(p, m->host, sizeof(m->host), host, "run.host");
	if (ret == 0)
		ret = take_parts(p, hash, parts);
	if (ret == 0)
		ret = tt_manifest_take_ledger(p, ledger);
	return ret != 0 ? ret : take_file(p, files, TT_TABLE_LEDGER);
}

static int
take_version(const struct tt_manifest_parse *p, json_t *root)
{
	json_int_t version;
	json_error_t why;

	if (json_unpack_ex(root, &why, 0, "{s:I}", "schema_version", &version) != 0)
		return tt_manifest_wrong(p, "not the manifest of a snapshot", why.text);
	if (version < TT_SCHEMA_VERSION_OLDEST || version > TT_SCHEMA_VERSION)
		return tt_error_set(p->err, -EBADMSG, p->path,
				"schema version %lld; this program reads versions %d to %d",
				(long long)version, TT_SCHEMA_VERSION_OLDEST,
				TT_SCHEMA_VERSION);
	p->m->schema = (int)version;
	return 0;
}

/* The inverse of what a manifest has it in. */
static bool
parse_big(const char *text, unsigned __int128 *n)
{
	const unsigned __int128 most = ~(unsigned __int128)0 / 10 - 1;

	*n = 0;
	if (*text == '\0')
		return false;
	for (; *text >= '0' && *text <= '9' && *n <= most; text++)
		*n = *n * 10 + (unsigned)(*text - '0');
	return *text == '\0';
}

/* What is told by IP version; of versions that do not tell it, what follows from the monitored addresses. */
static int
take_versions(const struct tt_manifest_parse *p, json_t *root)
{
	struct tt_manifest *m = p->m;
	json_int_t addresses, packets;
	const char *us;
	json_error_t why;

	if (tt_manifest_note_monitored(m) != 0)
		return tt_error_set(p->err, -ENOMEM, p->path, "out of memory");
	m->ipv4_us = (unsigned __int128)m->observed_us * (uint64_t)m->monitored_ipv4;
	m->ipv6_packets = m->monitors_ipv6 ? -1 : 0;
	if (!tt_manifest_tells_ipv6(m))
		return 0;
	if (json_unpack_ex(root, &why, 0, "{s:I s:s s:{s:I}}", "monitored_ipv4",
			    &addresses, "monitored_ipv4_us", &us, "totals",
			    "ipv6_packets", &packets)
			!= 0)
		return tt_manifest_wrong(p, "not the manifest of a snapshot", why.text);
	if (addresses != m->monitored_ipv4)
		return tt_manifest_wrong(
				p, "monitored_ipv4", "not as many as the list has");
	if (!parse_big(us, &m->ipv4_us))
		return tt_manifest_wrong(p, "monitored_ipv4_us", "no number");
	if (packets < 0 || packets > m->packets)
		return tt_manifest_wrong(p, "totals", "packets of IPv6 that cannot be");
	m->ipv6_packets = packets;
	return 0;
}

/* How much of the time signatures were loaded. Earlier programs did not write it, or did not know: then it is untold. */
static int
take_loaded(const struct tt_manifest_parse *p, json_t *loaded)
{
	struct tt_loaded *to = &p->m->loaded;
	const char *addresses, *ipv4;
	json_int_t observed;
	json_error_t why;

	if (loaded == NULL)
		return 0;
	if (json_unpack_ex(loaded, &why, 0, "{s:I s:s s:s}", "observed_us", &observed,
			    "address_us", &addresses, "ipv4_us", &ipv4)
			!= 0)
		return tt_manifest_wrong(p, "signatures_loaded", why.text);
	if (observed < 0 || !parse_big(addresses, &to->address_us)
			|| !parse_big(ipv4, &to->ipv4_us))
		return tt_manifest_wrong(p, "signatures_loaded", "no time");
	to->observed_us = observed;
	to->told = true;
	return 0;
}

static int
take_root(const struct tt_manifest_parse *p, json_t *root)
{
	struct tt_manifest *m = p->m;
	json_t *interval, *totals, *files, *run;
	const char *sensor, *monitored, *geo, *asn, *fingerprints, *signatures;
	json_int_t addresses;
	json_error_t why;
	int ret = take_version(p, root);

	if (ret != 0)
		return ret;
	if (json_unpack_ex(root, &why, 0, "{s:s s:o s:s s:I s:s s:s s:s s:s s:o s:o s:o}",
			    "sensor", &sensor, "interval", &interval, "monitored",
			    &monitored, "monitored_addresses", &addresses, "geo", &geo,
			    "asn", &asn, "fingerprints", &fingerprints, "signatures",
			    &signatures, "totals", &totals, "files", &files, "run", &run)
			!= 0)
		return tt_manifest_wrong(p, "not the manifest of a snapshot", why.text);
	if (addresses < 0)
		return tt_manifest_wrong(p, "monitored_addresses", "a negative count");
	m->monitored_addresses = addresses;
	m->monitored = strdup(monitored);
	if (m->monitored == NULL)
		return tt_error_set(p->err, -ENOMEM, p->path, "out of memory");
	ret = copy_text(p, m->sensor, sizeof(m->sensor), sensor, "sensor");
	if (ret == 0 && !tt_sensor_name_valid(m->sensor))
		ret = tt_manifest_wrong(p, "sensor", "no sensor's name");
	if (ret == 0)
		ret = copy_text(p, m->geo, sizeof(m->geo), geo, "geo");
	if (ret == 0)
		ret = copy_text(p, m->asn, sizeof(m->asn), asn, "asn");
	if (ret == 0)
		ret = copy_text(p, m->fingerprints, sizeof(m->fingerprints), fingerprints,
				"fingerprints");
	if (ret == 0)
		ret = copy_text(p, m->signatures, sizeof(m->signatures), signatures,
				"signatures");
	if (ret == 0)
		ret = take_interval(p, interval);
	if (ret == 0)
		ret = take_totals(p, totals);
	if (ret == 0)
		ret = take_versions(p, root);
	if (ret == 0)
		ret = take_loaded(p, json_object_get(root, "signatures_loaded"));
	if (ret == 0)
		ret = take_files(p, files);
	if (ret == 0)
		ret = take_packets(p, json_object_get(root, "packets"));
	return ret != 0 ? ret : take_run(p, run);
}

int
tt_manifest_parse(struct tt_manifest *manifest, const char *text, size_t size,
		const char *path, struct tt_error *err)
{
	const struct tt_manifest_parse p = {manifest, path, err};
	json_error_t why;
	json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &why);
	int ret;

	if (root == NULL)
		return tt_error_set(err, -EBADMSG, path, "not JSON: line %d: %s",
				why.line, why.text);
	ret = take_root(&p, root);
	json_decref(root);
	if (ret != 0)
		tt_manifest_fini(manifest);
	return ret;
}
