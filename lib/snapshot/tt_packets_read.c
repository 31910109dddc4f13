/* SPDX-License-Identifier: BSD-3-Clause */
/* detections.pcapng, read: as it is written, and nothing else. */
#include "tt_capng_out.h"
#include "tt_packets_private.h"
#include "tt_snapshot_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LINKS_MAX   1024
#define BLOCK_LEAST 12
#define SECTION     28
#define INTERFACE   20
#define PACKET_LEAST \
	40 /* without packet and comment: with the option's head and the end of options */

struct file {
	const uint8_t *bytes; /* [n] */
	size_t n, at;
	uint16_t links[LINKS_MAX];
	uint32_t n_links;
	const char *why; /* it is wrong */
};

static uint32_t
u32_at(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16
			| (uint32_t)at[3] << 24;
}

static uint16_t
u16_at(const uint8_t *at)
{
	return (uint16_t)(at[0] | at[1] << 8);
}

static int
wrong(struct file *f, const char *why)
{
	f->why = why;
	return -EBADMSG;
}

/* The block at f->at, which is whole, and its type and length; NULL where there is none. */
static const uint8_t *
next_block(struct file *f, uint32_t *type, uint32_t *total)
{
	const uint8_t *block = f->bytes + f->at;
	const size_t left = f->n - f->at;

	if (left < BLOCK_LEAST)
		return NULL;
	*type = u32_at(block);
	*total = u32_at(block + 4);
	if (*total < BLOCK_LEAST || *total > left || *total % 4 != 0
			|| u32_at(block + *total - 4) != *total)
		return NULL;
	f->at += *total;
	return block;
}

static int
read_head(struct file *f)
{
	uint32_t type, total;
	const uint8_t *block = next_block(f, &type, &total);

	if (block == NULL || type != TT_CAPNG_SECTION || total != SECTION
			|| u32_at(block + 8) != TT_CAPNG_MAGIC || u16_at(block + 12) != 1)
		return wrong(f, "no section of pcapng as it is written here");
	return 0;
}

static int
read_interface(struct file *f, const uint8_t *block, uint32_t total)
{
	if (total != INTERFACE || f->n_links == LINKS_MAX)
		return wrong(f, "an interface that cannot be");
	f->links[f->n_links++] = u16_at(block + 8);
	return 0;
}

/* A number of at most 32 bits, and the character behind it. */
static bool
take_number(const char **at, char end, uint32_t *number)
{
	uint64_t n = 0;
	const char *c = *at;

	for (; *c >= '0' && *c <= '9' && n <= UINT32_MAX; c++)
		n = n * 10 + (uint64_t)(*c - '0');
	if (c == *at || n > UINT32_MAX || *c != end)
		return false;
	*number = (uint32_t)n;
	*at = c + 1;
	return true;
}

/* "[gid:sid:rev] message" */
static bool
take_comment(struct tt_packet_record *r, const char *comment)
{
	if (*comment++ != '[' || !take_number(&comment, ':', &r->gid)
			|| !take_number(&comment, ':', &r->sid)
			|| !take_number(&comment, ']', &r->rev) || *comment != ' ')
		return false;
	r->message = comment + 1;
	return true;
}

/* Copies packet and comment, of so many bytes, into memory of the record's own. */
static int
own(struct tt_packet_record *r, const uint8_t *packet, const uint8_t *comment, uint32_t n)
{
	char *memory = calloc(1, (size_t)r->frame.captured + n + 1);

	if (memory == NULL)
		return -ENOMEM;
	memcpy(memory, comment, n);
	memcpy(memory + n + 1, packet, r->frame.captured);
	r->owned = memory;
	r->frame.bytes = (const uint8_t *)memory + n + 1;
	return 0;
}

static int
read_packet(struct file *f, const uint8_t *block, uint32_t total,
		struct tt_packet_records *records)
{
	struct tt_packet_record *r;
	uint32_t captured, padded, n;
	const uint8_t *option;

	if (total < PACKET_LEAST || u32_at(block + 8) >= f->n_links)
		return wrong(f, "a packet that cannot be");
	captured = u32_at(block + 20);
	padded = (captured + 3) & ~UINT32_C(3);
	if (captured > TT_KEPT_BYTES || padded > total - PACKET_LEAST)
		return wrong(f, "a packet that cannot be");
	option = block + 28 + padded;
	n = u16_at(option + 2);
	if (u16_at(option) != TT_CAPNG_COMMENT
			|| ((n + 3) & ~UINT32_C(3)) != total - PACKET_LEAST - padded)
		return wrong(f, "a packet without a comment");
	r = tt_packets_add(records);
	if (r == NULL)
		return -ENOMEM;
	r->frame = (struct tt_kept_frame){
			.time_us = (int64_t)((uint64_t)u32_at(block + 12) << 32
					| u32_at(block + 16)),
			.captured = captured,
			.length = u32_at(block + 24),
			.link = f->links[u32_at(block + 8)]};
	if (own(r, block + 28, option + 4, n) != 0)
		return -ENOMEM;
	return take_comment(r, r->owned) ? 0
					 : wrong(f, "a comment that names no signature");
}

static int
read_blocks(struct file *f, struct tt_packet_records *records)
{
	int ret = read_head(f);

	while (ret == 0 && f->at < f->n) {
		uint32_t type, total;
		const uint8_t *block = next_block(f, &type, &total);

		if (block == NULL)
			ret = wrong(f, "a block that is not whole");
		else if (type == TT_CAPNG_INTERFACE)
			ret = read_interface(f, block, total);
		else if (type == TT_CAPNG_PACKET)
			ret = read_packet(f, block, total, records);
		else
			ret = wrong(f, "a block that is not written here");
	}
	return ret;
}

/* The whole file, which the caller frees. */
static int
load(const char *path, size_t size, uint8_t **bytes)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t at = 0;
	ssize_t n = 0;

	*bytes = fd < 0 ? NULL : malloc(size + 1);
	while (*bytes != NULL && at < size
			&& ((n = read(fd, *bytes + at, size - at)) > 0
					|| (n < 0 && errno == EINTR)))
		at += n > 0 ? (size_t)n : 0;
	n = *bytes == NULL || n < 0 ? -errno : at < size ? -EBADMSG : 0;
	if (fd >= 0)
		close(fd);
	return (int)n;
}

int
tt_packets_read(struct tt_packet_records *records, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	const size_t before = records->n;
	const struct tt_parquet_result *file = &snapshot->manifest.packets_file;
	char *path = tt_path_join(snapshot->path, TT_PACKETS_FILE);
	struct file f = {.n = (size_t)file->bytes};
	uint8_t *bytes = NULL;
	int ret = path == NULL ? -ENOMEM : 0;

	if (ret == 0)
		ret = tt_snapshot_check_packets(snapshot, err);
	if (ret != 0) {
		free(path);
		return ret == -ENOMEM
				? tt_error_set(err, ret, snapshot->path, "out of memory")
				: ret;
	}
	ret = load(path, f.n, &bytes);
	f.bytes = bytes;
	if (ret == 0)
		ret = read_blocks(&f, records);
	if (ret == 0 && records->n - before != (size_t)file->rows)
		ret = wrong(&f, "not as many packets as the manifest says");
	if (ret != 0)
		ret = tt_error_set(err, ret, path, "%s",
				f.why != NULL ? f.why : strerror(-ret));
	free(bytes);
	free(path);
	return ret;
}
