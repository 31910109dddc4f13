/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Rules in the proportions of public rule sets for packets without a session: most have a content and
 * a port, some a content and any port, some a pcre or byte_test besides, some the header alone.
 */
#include "bench_signature.h"
#include "tt_hash.h"

#include <string.h>

/* Words of patterns, so that some begin alike. */
static void
put_content(FILE *out, uint64_t seed)
{
	static const char *const begins[] = {"GET /", "cmd", "|90 90|", "login",
			"M-SEARCH", "|00 01|", "exec", "user="};

	fprintf(out, " content:\"%s", begins[seed % 8]);
	for (unsigned i = 0; i < 3 + seed / 8 % 4; i++)
		fprintf(out, "%c", (char)('a' + (tt_hash_mix(seed + i) % 26)));
	fprintf(out, "|%02x %02x|\";", (unsigned)(seed >> 16 & 0xff),
			(unsigned)(seed >> 24 & 0xff));
	if (seed >> 32 & 1)
		fputs(" nocase;", out);
}

static void
put_payload(FILE *out, uint64_t seed)
{
	put_content(out, seed);
	switch (seed >> 40 & 7) {
	case 0:
		fputs(" content:\"|0d 0a|\"; distance:0; within:200;", out);
		break;
	case 1:
		fputs(" byte_test:2,>,512,4,relative;", out);
		break;
	case 2:
		fprintf(out, " pcre:\"/^[^\\x0a]{%u}/R\";",
				(unsigned)(20 + (seed >> 48) % 80));
		break;
	case 3:
		fputs(" isdataat:100,relative;", out);
		break;
	default:
		break;
	}
}

static void
put_rule(FILE *out, unsigned sid)
{
	const uint64_t seed = tt_hash_mix(sid);
	const char *protocol = seed & 0x100 ? "tcp" : "udp";
	const unsigned port = (unsigned)(seed >> 12 & 0x3ff) * 61 + 1;

	if (seed % 100 < 4)
		fprintf(out, "alert tcp any any -> any any (flags:S; window:%u; seq:%u;",
				port, port);
	else if (seed % 100 < 14)
		fprintf(out, "alert %s any any -> any %u (dsize:>%u;", protocol, port,
				sid % 1000);
	else if (seed % 100 < 18)
		fprintf(out, "alert icmp any any -> any any (itype:%u; icode:%u;",
				sid % 19, sid % 5);
	else if (seed % 100 < 25)
		fprintf(out, "alert %s any any -> any any (", protocol);
	else
		fprintf(out, "alert %s any any -> any %u (", protocol, port);
	if (seed % 100 >= 18)
		put_payload(out, seed);
	fprintf(out, " msg:\"generated %u\"; sid:%u;)\n", sid, sid);
}

/* Reads what there is of a file into out. */
static void
put_file(FILE *out, const char *path)
{
	FILE *in = fopen(path, "r");
	char block[4096];
	size_t n;

	if (in == NULL) {
		fprintf(stderr, "bench_signature: %s: cannot be read\n", path);
		exit(EXIT_FAILURE);
	}
	while ((n = fread(block, 1, sizeof(block), in)) > 0)
		fwrite(block, 1, n, out);
	fputc('\n', out);
	fclose(in);
}

char *
bench_signature_text(const char *file, unsigned n, size_t *bytes)
{
	char *text = NULL;
	FILE *out = open_memstream(&text, bytes);

	TT_ASSERT(out != NULL);
	if (file != NULL)
		put_file(out, file);
	for (unsigned i = 0; i < n; i++)
		put_rule(out, 3000000 + i);
	TT_ASSERT(fclose(out) == 0);
	return text;
}
