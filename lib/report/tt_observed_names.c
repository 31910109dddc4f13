/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_observed_names.h"
#include "tt_hash_draw.h"

#include <errno.h>
#include <string.h>

#define NUMBERS (UINT16_MAX + 2) /* of a protocol: none, and all ports */

int
tt_observed_names_init(struct tt_observed_names *names)
{
	*names = (struct tt_observed_names){.seed = tt_hash_draw()};
	names->country_index = malloc((UINT16_MAX + 1) * sizeof(*names->country_index));
	names->countries = calloc(TT_OBSERVED_COUNTRIES, sizeof(*names->countries));
	if (names->country_index == NULL || names->countries == NULL) {
		tt_observed_names_fini(names);
		return -ENOMEM;
	}
	memset(names->country_index, -1,
			(UINT16_MAX + 1) * sizeof(*names->country_index));
	return 0;
}

void
tt_observed_names_fini(struct tt_observed_names *names)
{
	for (size_t i = 0; i < TT_ARRAY_SIZE(names->target_index); i++)
		free(names->target_index[i]);
	for (size_t i = 0; i < names->n_categories; i++)
		free(names->categories[i].name);
	for (size_t i = 0; i < names->n_signatures; i++)
		free(names->signatures[i].message);
	free(names->targets);
	free(names->countries);
	free(names->country_index);
	free(names->categories);
	free(names->signatures);
	free(names->signature_slots);
	*names = (struct tt_observed_names){0};
}

/* Makes room for one more in an array of n. */
static void *
one_more(void *array, size_t n, size_t *room, size_t size)
{
	void *more;

	if (n < *room)
		return array;
	more = reallocarray(array, *room == 0 ? 64 : *room * 2, size);
	if (more != NULL)
		*room = *room == 0 ? 64 : *room * 2;
	return more;
}

int32_t
tt_observed_names_target(struct tt_observed_names *names, struct tt_target target)
{
	int32_t **index = &names->target_index[target.protocol];
	struct tt_target *more;

	if (*index == NULL) {
		*index = malloc(NUMBERS * sizeof(**index));
		if (*index == NULL)
			return -1;
		memset(*index, -1, NUMBERS * sizeof(**index));
	}
	if ((*index)[target.number + 1] >= 0)
		return (*index)[target.number + 1];
	more = one_more(names->targets, names->n_targets, &names->target_room,
			sizeof(*more));
	if (more == NULL)
		return -1;
	names->targets = more;
	more[names->n_targets] = target;
	(*index)[target.number + 1] = (int32_t)names->n_targets;
	return (int32_t)names->n_targets++;
}

static unsigned
code_of(const char *country)
{
	return (unsigned)(uint8_t)country[0] << 8 | (uint8_t)country[1];
}

int32_t
tt_observed_country(const struct tt_observed_names *names, const char *code)
{
	return names->country_index[code_of(code)];
}

static bool
is_country(const char *text)
{
	if (strcmp(text, TT_OBSERVED_UNKNOWN) == 0
			|| strcmp(text, TT_OBSERVED_UNTOLD) == 0)
		return true;
	return text[0] >= 'A' && text[0] <= 'Z' && text[1] >= 'A' && text[1] <= 'Z'
			&& text[2] == '\0';
}

int32_t
tt_observed_names_country(struct tt_observed_names *names, const char *text)
{
	int16_t *index;

	if (!is_country(text))
		return -EBADMSG;
	index = &names->country_index[code_of(text)];
	if (*index < 0) {
		memcpy(names->countries[names->n_countries], text, 3);
		*index = (int16_t)names->n_countries++;
	}
	return *index;
}

int32_t
tt_observed_category(const struct tt_observed_names *names, const char *name)
{
	for (size_t i = 0; i < names->n_categories; i++)
		if (strcmp(names->categories[i].name, name) == 0)
			return (int32_t)i;
	return -1;
}

int32_t
tt_observed_names_category(struct tt_observed_names *names, const char *text)
{
	int32_t at = tt_observed_category(names, text);
	struct tt_observed_category *more;

	if (at >= 0)
		return at;
	more = one_more(names->categories, names->n_categories, &names->category_room,
			sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	names->categories = more;
	more[names->n_categories].name = strdup(text);
	if (more[names->n_categories].name == NULL)
		return -ENOMEM;
	return (int32_t)names->n_categories++;
}

static size_t
signature_slot(const struct tt_observed_names *n, int64_t gid, int64_t sid,
		uint32_t category)
{
	size_t mask = n->n_signature_slots - 1;
	size_t at = tt_hash_place_addr((struct tt_addr){(uint64_t)gid, (uint64_t)sid},
				    category, &n->seed)
			& mask;

	for (; n->signature_slots[at] != 0; at = (at + 1) & mask) {
		const struct tt_observed_signature
				*s = &n->signatures[n->signature_slots[at] - 1];

		if (s->gid == gid && s->sid == sid && s->category == category)
			break;
	}
	return at;
}

int
tt_observed_signature_cmp(const struct tt_observed_names *names, int32_t a, int32_t b)
{
	const struct tt_observed_signature *x = &names->signatures[a],
					   *y = &names->signatures[b];

	if (x->gid != y->gid)
		return x->gid < y->gid ? -1 : 1;
	if (x->sid != y->sid)
		return x->sid < y->sid ? -1 : 1;
	return strcmp(names->categories[x->category].name,
			names->categories[y->category].name);
}

/* The slots stay at most half full. */
static int
grow_signatures(struct tt_observed_names *n)
{
	struct tt_observed_signature *more;
	uint32_t *slots;

	if (n->n_signatures < n->signature_room)
		return 0;
	more = one_more(n->signatures, n->n_signatures, &n->signature_room,
			sizeof(*more));
	if (more == NULL)
		return -ENOMEM;
	n->signatures = more;
	slots = calloc(n->signature_room * 2, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	free(n->signature_slots);
	n->signature_slots = slots;
	n->n_signature_slots = n->signature_room * 2;
	for (size_t i = 0; i < n->n_signatures; i++)
		slots[signature_slot(n, more[i].gid, more[i].sid, more[i].category)] =
				(uint32_t)i + 1;
	return 0;
}

int32_t
tt_observed_names_signature(struct tt_observed_names *names, int64_t gid, int64_t sid,
		uint32_t category, const char *message)
{
	struct tt_observed_signature signature = {gid, sid, NULL, category};
	size_t at;

	if (grow_signatures(names) != 0)
		return -ENOMEM;
	at = signature_slot(names, gid, sid, category);
	if (names->signature_slots[at] == 0) {
		signature.message = strdup(message);
		if (signature.message == NULL)
			return -ENOMEM;
		names->signatures[names->n_signatures++] = signature;
		names->signature_slots[at] = (uint32_t)names->n_signatures;
	}
	return (int32_t)names->signature_slots[at] - 1;
}
