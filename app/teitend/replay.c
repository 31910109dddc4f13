/* SPDX-License-Identifier: BSD-3-Clause */
#include "replay.h"

#include "tt_capfile.h"
#include "tt_time.h"

#include <rte_kvargs.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pcap/pcap.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
is_pcap_device(const char *name)
{
	return strncmp(name, "net_pcap", 8) == 0 || strncmp(name, "eth_pcap", 8) == 0;
}

static int
add_file(struct tt_replay *replay, const char *name, const char *path,
		struct tt_error *err)
{
	if (replay->n_files == TT_REPLAY_QUEUES_MAX)
		return tt_error_set(err, -E2BIG, name,
				"more than %d rx_pcap files; the driver takes no more "
				"for one device",
				TT_REPLAY_QUEUES_MAX);
	replay->files[replay->n_files].path = strdup(path);
	if (replay->files[replay->n_files].path == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	replay->n_files++;
	return 0;
}

static int
take_pair(struct tt_replay *replay, const char *name, const struct rte_kvargs_pair *pair,
		unsigned *n_infinite, struct tt_error *err)
{
	bool infinite = strcmp(pair->key, "infinite_rx") == 0;

	if (!infinite && strcmp(pair->key, "rx_pcap") != 0)
		return 0;
	if (pair->value == NULL)
		return tt_error_set(err, -EINVAL, name, "%s has no value", pair->key);
	if (!infinite)
		return add_file(replay, name, pair->value, err);
	++*n_infinite;
	replay->infinite = atoi(pair->value) > 0; /* as the driver reads it */
	return 0;
}

int
tt_replay_parse(struct tt_replay *replay, const char *name, const char *args,
		struct tt_error *err)
{
	struct rte_kvargs *pairs;
	unsigned n_infinite = 0;
	int rc = 0;

	*replay = (struct tt_replay){0};
	if (!is_pcap_device(name) || args == NULL)
		return 0;
	pairs = rte_kvargs_parse(args, NULL);
	if (pairs == NULL)
		return tt_error_set(err, -EINVAL, name, "not key=value pairs: %s", args);
	for (unsigned i = 0; i < pairs->count && rc == 0; i++)
		rc = take_pair(replay, name, &pairs->pairs[i], &n_infinite, err);
	/* The driver heeds none of several, and only says so in its log. */
	if (n_infinite > 1)
		replay->infinite = false;
	rte_kvargs_free(pairs);
	return rc;
}

void
tt_replay_fini(struct tt_replay *replay)
{
	for (unsigned i = 0; i < replay->n_files; i++)
		free(replay->files[i].path);
	*replay = (struct tt_replay){0};
}

/* What a file is that libpcap does not take, where that helps; else what libpcap said. */
static const char *
kind_of(const char *path, const char *libpcap_said)
{
	uint8_t magic[512] = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, magic, sizeof(magic));

	if (fd >= 0)
		close(fd);
	if (n == 0)
		return "it is empty";
	if (n >= 2 && memcmp(magic, "\x1f\x8b", 2) == 0)
		return "it is compressed (gzip); unpack it, or use teiten read";
	if (n >= 4 && memcmp(magic, "\x28\xb5\x2f\xfd", 4) == 0)
		return "it is compressed (zstd); unpack it, or use teiten read";
	if (n >= 6 && memcmp(magic, "\xfd\67zXZ", 6) == 0)
		return "it is compressed (xz); unpack it, or use teiten read";
	if (n >= 3 && memcmp(magic, "BZh", 3) == 0)
		return "it is compressed (bzip2); unpack it";
	if (n >= 4 && memcmp(magic, "\x04\x22\x4d\x18", 4) == 0)
		return "it is compressed (lz4); unpack it";
	if (n >= 4 && memcmp(magic, "\0\0\0\0", 4) == 0)
		return "it begins with zeros; it was never written";
	if (n == sizeof(magic) && memcmp(magic + 257, "ustar", 5) == 0)
		return "it is a tar archive; extract it";
	return libpcap_said;
}

static int
open_capture(const char *path, pcap_t **capture, struct tt_error *err)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	struct stat st;

	if (stat(path, &st) != 0)
		return tt_error_set(err, -errno, path, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return tt_error_set(err, -EINVAL, path,
				"not a regular file; a replay has to read it twice");
	if (access(path, R_OK) != 0)
		return tt_error_set(err, -errno, path, "%s", strerror(errno));
	*capture = pcap_open_offline(path, text);
	if (*capture == NULL)
		return tt_error_set(err, -EBADMSG, path, "not a capture file: %s",
				kind_of(path, text));
	return 0;
}

static int
check_device(const char *device, struct tt_error *err)
{
	struct tt_replay replay;
	char *name = strndup(device, strcspn(device, ","));
	const char *args = strchr(device, ',');
	int rc;

	if (name == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	rc = tt_replay_parse(&replay, name, args == NULL ? NULL : args + 1, err);
	for (unsigned i = 0; i < replay.n_files && rc == 0; i++) {
		pcap_t *capture;

		rc = open_capture(replay.files[i].path, &capture, err);
		if (rc == 0)
			pcap_close(capture);
	}
	tt_replay_fini(&replay);
	free(name);
	return rc;
}

int
tt_replay_check_args(const struct tt_eal *eal, struct tt_error *err)
{
	const char *device;

	for (unsigned n = 0; (device = tt_eal_vdev(eal, n)) != NULL; n++) {
		int rc = check_device(device, err);

		if (rc != 0)
			return rc;
	}
	return 0;
}

/* libpcap's numbers are those of capture files but for raw IP. */
static uint16_t
link_of(pcap_t *capture)
{
	int dlt = pcap_datalink(capture);

	return dlt == DLT_RAW ? 101 : (uint16_t)dlt;
}

/* Frames of one interval that were met in a row, and who is told of them. */
struct run {
	int64_t start_us;
	uint64_t frames;
	struct tt_sequence *sequence;
	struct tt_taken *taken;
};

static int
end_run(struct run *run)
{
	int rc = 0;

	if (run->frames > 0 && run->sequence != NULL)
		rc = tt_sequence_expect(run->sequence, run->start_us, run->frames);
	if (rc == 0 && run->frames > 0 && run->taken != NULL)
		rc = tt_announced_add(&run->taken->intervals, run->start_us, run->frames);
	run->frames = 0;
	return rc;
}

static int
scan_frame(const struct pcap_pkthdr *header, struct tt_replay_file *file,
		int64_t interval_us, struct run *run)
{
	int64_t us = tt_replay_time((uint64_t)header->ts.tv_sec * TT_US_PER_S
			+ (uint64_t)header->ts.tv_usec);
	int64_t start = tt_time_floor(us, interval_us);
	int rc = 0;

	if (run->frames == 0 || start != run->start_us) {
		rc = end_run(run);
		run->start_us = start;
	}
	run->frames++;
	if (rc == 0 && run->sequence != NULL)
		rc = tt_heard_add(tt_sequence_heard(run->sequence), us, us, 1);
	file->frames++;
	if (header->caplen > file->longest)
		file->longest = header->caplen;
	return rc;
}

/*
 * How many frames the file has by lib/capture's reader, and in end why no more, where it is no end of
 * file. Its word holds for this program, too: libpcap takes zeros that were never written for frames
 * of 1970, and does not say where a file is damaged. Nor does it know files that were joined: the
 * header of the second is a frame to it. UINT64_MAX: the reader does not take the file.
 */
static uint64_t
ask_reader(const char *path, struct tt_error *end)
{
	struct tt_frame frames[TT_TALLY_BURST];
	struct tt_capfile *file;
	uint64_t n = 0;
	int got;

	if (tt_capfile_open(&file, path, NULL) != 0)
		return UINT64_MAX;
	while ((got = tt_capfile_read(file, frames, TT_ARRAY_SIZE(frames), end)) > 0
			&& tt_capfile_joined_at(file) == 0)
		n += (unsigned)got;
	if (got >= 0 && tt_capfile_joined_at(file) > 0)
		tt_error_set(end, -EBADMSG, path,
				"another capture file begins at byte %" PRIu64
				", and is not replayed: teiten read goes on there",
				tt_capfile_joined_at(file));
	tt_capfile_close(file);
	return n;
}

/* What libpcap met is no frame. */
static void
set_end(struct tt_replay_file *file, const char *libpcap_said)
{
	struct tt_error end = {0};

	if (ask_reader(file->path, &end) == file->frames && end.code != 0)
		file->end = end;
	else
		tt_error_set(&file->end, -EBADMSG, file->path, "%s", libpcap_said);
}

static int
scan_frames(pcap_t *capture, struct tt_replay_file *file, int64_t interval_us,
		struct run run)
{
	struct pcap_pkthdr *header;
	const u_char *data;
	uint64_t most = UINT64_MAX;
	bool may_be_zeros = run.sequence != NULL;
	int got = 0, rc = 0;

	while (rc == 0 && file->frames < most
			&& (got = pcap_next_ex(capture, &header, &data)) == 1) {
		if (TT_UNLIKELY(may_be_zeros && header->caplen == 0
				    && header->len == 0)) {
			may_be_zeros = false;
			most = ask_reader(file->path, &file->end);
		}
		if (file->frames < most)
			rc = scan_frame(header, file, interval_us, &run);
	}
	if (rc != 0)
		return rc;
	if (got == PCAP_ERROR)
		set_end(file, pcap_geterr(capture));
	if (file->end.code != 0 && run.sequence != NULL)
		tt_sequence_cut(run.sequence,
				file->frames > 0 ? run.start_us : INT64_MIN);
	return end_run(&run);
}

int
tt_replay_scan(struct tt_replay_file *file, int64_t interval_us,
		struct tt_sequence *sequence, struct tt_taken *taken,
		struct tt_error *err)
{
	pcap_t *capture;
	int rc = open_capture(file->path, &capture, err);

	if (rc != 0)
		return rc;
	file->link = link_of(capture);
	if (sequence != NULL)
		tt_heard_begin_file(tt_sequence_heard(sequence));
	rc = scan_frames(capture, file, interval_us,
			(struct run){.sequence = sequence, .taken = taken});
	pcap_close(capture);
	if (rc != 0)
		return tt_error_set(err, rc, file->path, "out of memory");
	return 0;
}
