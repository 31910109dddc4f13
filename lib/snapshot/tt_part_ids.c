/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_part_ids.h"
#include "tt_manifest.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int
tt_part_ids_add(struct tt_part_ids *set, uint64_t id)
{
	if (set->n == set->room) {
		size_t room = set->room == 0 ? 16 : 2 * set->room;
		uint64_t *more = reallocarray(set->all, room, sizeof(*more));

		if (more == NULL)
			return -ENOMEM;
		set->all = more;
		set->room = room;
	}
	set->all[set->n++] = id;
	return 0;
}

int
tt_part_ids_add_all(struct tt_part_ids *set, const struct tt_manifest *of)
{
	int ret = of->parts.n == 0 ? tt_part_ids_add(set, of->id) : 0;

	for (size_t i = 0; ret == 0 && i < of->parts.n; i++)
		ret = tt_part_ids_add(set, of->parts.all[i]);
	return ret;
}

static int
by_value(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

void
tt_part_ids_sort(struct tt_part_ids *set)
{
	size_t n = 0;

	if (set->n > 1)
		qsort(set->all, set->n, sizeof(*set->all), by_value);
	for (size_t i = 0; i < set->n; i++)
		if (n == 0 || set->all[n - 1] != set->all[i])
			set->all[n++] = set->all[i];
	set->n = n;
}

static bool
has(const struct tt_part_ids *set, uint64_t id)
{
	return set->n > 0 && bsearch(&id, set->all, set->n, sizeof(id), by_value) != NULL;
}

bool
tt_part_ids_have(const struct tt_part_ids *set, const struct tt_manifest *of)
{
	for (size_t i = 0; i < of->parts.n; i++)
		if (!has(set, of->parts.all[i]))
			return false;
	return of->parts.n > 0 || has(set, of->id);
}

bool
tt_part_ids_have_any(const struct tt_part_ids *set, const struct tt_manifest *of)
{
	for (size_t i = 0; i < of->parts.n; i++)
		if (has(set, of->parts.all[i]))
			return true;
	return of->parts.n == 0 && has(set, of->id);
}

char *
tt_part_ids_format(const struct tt_part_ids *set)
{
	char *text = malloc(set->n * (TT_PART_ID_DIGITS + 1) + 1), *at = text;

	if (text == NULL)
		return NULL;
	*at = '\0';
	for (size_t i = 0; i < set->n; i++)
		at += sprintf(at, "%s%016" PRIx64, i == 0 ? "" : " ", set->all[i]);
	return text;
}

int
tt_part_id_parse(const char *text, uint64_t *id)
{
	*id = 0;
	for (unsigned i = 0; i < TT_PART_ID_DIGITS; i++) {
		char c = text[i];

		if (c >= '0' && c <= '9')
			*id = *id << 4 | (uint64_t)(c - '0');
		else if (c >= 'a' && c <= 'f')
			*id = *id << 4 | (uint64_t)(c - 'a' + 10);
		else
			return -EINVAL;
	}
	return 0;
}

int
tt_part_ids_parse(struct tt_part_ids *set, const char *text)
{
	while (*text != '\0') {
		uint64_t id;
		int ret = tt_part_id_parse(text, &id);

		if (ret == 0 && set->n > 0 && set->all[set->n - 1] >= id)
			ret = -EINVAL;
		if (ret == 0)
			ret = tt_part_ids_add(set, id);
		if (ret != 0)
			return ret;
		text += TT_PART_ID_DIGITS;
		if (*text == ' ')
			text++;
		else if (*text != '\0')
			return -EINVAL;
	}
	return 0;
}

void
tt_part_ids_fini(struct tt_part_ids *set)
{
	free(set->all);
	*set = (struct tt_part_ids){0};
}
