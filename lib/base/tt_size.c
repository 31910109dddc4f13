/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_size.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>

/* Of "", "B" and "K", "kB", "KiB", …: by how many bits to shift; -EINVAL for anything else. */
static int
shift_of(const char *suffix)
{
	static const char letters[] = "KMGT";
	const char *letter;

	if (suffix[0] == '\0' || strcasecmp(suffix, "B") == 0)
		return 0;
	letter = strchr(letters, toupper((unsigned char)suffix[0]));
	if (letter == NULL
			|| (suffix[1] != '\0' && strcasecmp(suffix + 1, "B") != 0
					&& strcasecmp(suffix + 1, "iB") != 0))
		return -EINVAL;
	return 10 * (int)(letter - letters + 1);
}

int
tt_size_parse(const char *text, uint64_t *bytes)
{
	const size_t digits = strspn(text, "0123456789");
	const int shift = shift_of(text + digits);
	unsigned long long n;

	errno = 0;
	n = strtoull(text, NULL, 10);
	if (digits == 0 || errno != 0 || shift < 0 || n > UINT64_MAX >> shift)
		return -EINVAL;
	*bytes = (uint64_t)n << shift;
	return 0;
}
