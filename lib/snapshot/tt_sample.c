/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sample.h"
#include "tt_sha256.h"

#include <string.h>

void
tt_sample_name(uint64_t secret, char name[TT_SAMPLE_NAME_MAX])
{
	char text[64], hex[TT_SHA256_TEXT_SIZE];
	int n;

	if (secret == 0) {
		memcpy(name, TT_SAMPLE_PUBLIC, sizeof(TT_SAMPLE_PUBLIC));
		return;
	}
	n = snprintf(text, sizeof(text), "teiten sample 2 %016llx",
			(unsigned long long)secret);
	tt_sha256_of(text, (size_t)n, hex);
	memcpy(name, hex, TT_SAMPLE_NAME_MAX - 1);
	name[TT_SAMPLE_NAME_MAX - 1] = '\0';
}

bool
tt_sample_knows_sources(const char *name)
{
	return strcmp(name, TT_SAMPLE_PUBLIC) == 0
			|| strcmp(name, TT_SAMPLE_PUBLIC_1) == 0;
}

bool
tt_sample_knows_contacts(const char *name)
{
	return strcmp(name, TT_SAMPLE_PUBLIC) == 0;
}
