/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes a frame of each link type and encapsulation into a folder, as seeds: decode_seeds DIR */
#include "../unit/wrappings.h"

#include <stdio.h>

static int
write_seed(const char *dir, unsigned number, const struct wrapping *w)
{
	uint8_t b[FRAME_MAX];
	size_t n = bytes_of(w->hex, b);
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%u", dir, number);
	f = fopen(path, "w");
	if (f == NULL || fputc(w->link & 0xff, f) == EOF || fputc(w->link >> 8, f) == EOF
			|| fwrite(b, 1, n, f) != n || fclose(f) != 0) {
		perror(path);
		return 1;
	}
	return 0;
}

int
main(int argc, char **argv)
{
	const unsigned links = TT_ARRAY_SIZE(link_types);
	int failed = 0;

	if (argc != 2)
		return 2;
	for (unsigned i = 0; i < links; i++)
		failed |= write_seed(argv[1], i, &link_types[i]);
	for (unsigned i = 0; i < TT_ARRAY_SIZE(encapsulations); i++)
		failed |= write_seed(argv[1], links + i, &encapsulations[i]);
	return failed;
}
