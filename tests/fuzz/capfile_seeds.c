/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writes what fuzz_capfile starts from: pcap and pcapng, whole, with zeros that were never written,
 * with a hole, and joined, each of them plain and out of each of the compressors.
 *
 *     capfile_seeds DIRECTORY
 */
#include "../unit/capfile_bytes.h"

#include <lzma.h>
#include <sys/stat.h>
#include <zlib.h>
#include <zstd.h>

#define SECOND UINT64_C(1700000000)

static int dir;

static void
write_file(const char *name, const char *end, const uint8_t *bytes, size_t n)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s%s", name, end);
	fd = openat(dir, path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	TT_ASSERT(fd >= 0 && write(fd, bytes, n) == (ssize_t)n);
	close(fd);
}

static void
write_all(const char *name, const struct bytes *b)
{
	uint8_t packed[2 * sizeof(b->at)];
	z_stream z = {.next_in = (uint8_t *)b->at,
			.avail_in = (unsigned)b->n,
			.next_out = packed,
			.avail_out = sizeof(packed)};
	size_t n = 0;

	write_file(name, "", b->at, b->n);
	TT_ASSERT(deflateInit2(&z, 6, Z_DEFLATED, 16 + 15, 8, Z_DEFAULT_STRATEGY) == Z_OK
			&& deflate(&z, Z_FINISH) == Z_STREAM_END);
	write_file(name, ".gz", packed, z.total_out);
	deflateEnd(&z);
	write_file(name, ".zst", packed,
			ZSTD_compress(packed, sizeof(packed), b->at, b->n, 3));
	TT_ASSERT(lzma_easy_buffer_encode(0, LZMA_CHECK_CRC64, NULL, b->at, b->n, packed,
				  &n, sizeof(packed))
			== LZMA_OK);
	write_file(name, ".xz", packed, n);
}

static void
make_pcap(struct bytes *b, bool big, uint32_t magic)
{
	*b = (struct bytes){.big = big};
	put_pcap_header(b, magic, 65535, 1);
	put_pcap_record(b, SECOND, 123456, 60, 60);
	put_pcap_record(b, SECOND + 1, 0, 0, 0);
	put_pcap_record(b, 0, 0, 0, 0);
	put_pcap_record(b, SECOND + 2, 0, 20, 1500);
}

static void
make_pcapng(struct bytes *b, bool big)
{
	*b = (struct bytes){.big = big};
	put_section(b);
	put_interface(b, 1, 262144, 9, 3);
	put_enhanced(b, 0, SECOND * 1000000000, 60, 60);
	put_unknown(b, 5, 40);
	put_simple(b, 20, 20);
	put_obsolete(b, 0, SECOND * 1000000000, 7);
}

static void
write_kinds(const char *name, struct bytes *b)
{
	static const size_t zeros[] = {0, 100, 1200};
	size_t end = b->n;
	char path[32];

	for (unsigned i = 0; i < TT_ARRAY_SIZE(zeros); i++) {
		memset(b->at + end, 0, zeros[i]);
		b->n = end + zeros[i];
		snprintf(path, sizeof(path), "%s-%zu", name, zeros[i]);
		write_all(path, b);
	}
	memcpy(b->at + b->n, b->at + 24, end - 24);
	b->n += end - 24;
	snprintf(path, sizeof(path), "%s-hole", name);
	write_all(path, b);
}

/* Each kind behind each: pcap, pcap-big, pcapng, pcapng-big, and the variant that is not read. */
static void
write_joined(void)
{
	static struct bytes files[5], b;
	char path[32];

	make_pcap(&files[0], false, 0xa1b2c3d4);
	make_pcap(&files[1], true, 0xa1b23c4d);
	make_pcapng(&files[2], false);
	make_pcapng(&files[3], true);
	make_pcap(&files[4], false, 0xa1b2cd34);
	for (unsigned x = 0; x < 4; x++)
		for (unsigned y = 0; y < TT_ARRAY_SIZE(files); y++) {
			b = files[x];
			put_bytes(&b, files[y].at, files[y].n);
			snprintf(path, sizeof(path), "joined-%u-%u", x, y);
			write_all(path, &b);
		}
}

int
main(int argc, char **argv)
{
	static struct bytes b;

	dir = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;
	if (dir < 0) {
		fprintf(stderr, "capfile_seeds: a directory is needed\n");
		return 1;
	}
	make_pcap(&b, false, 0xa1b2c3d4);
	write_kinds("pcap", &b);
	make_pcap(&b, true, 0xa1b23c4d);
	write_kinds("pcap-big", &b);
	make_pcapng(&b, false);
	write_kinds("pcapng", &b);
	make_pcapng(&b, true);
	write_kinds("pcapng-big", &b);
	write_joined();
	return 0;
}
