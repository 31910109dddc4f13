/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists that were resolved: most rules have one of a few, and some of these are long. */
#include "tt_hash.h"
#include "tt_rule_list.h"

#include <errno.h>
#include <string.h>

#define ROOM_LEAST 256

struct tt_rule_list_cache {
	struct known {
		char *text; /* NULL: free */
		size_t n;
		bool is_ports;
		struct tt_rule_addresses addresses;
		struct tt_rule_ports ports;
	} * known; /* [room], a power of two */
	size_t n, room;
};

void
tt_rule_list_forget(struct tt_rule_variables *v)
{
	struct tt_rule_list_cache *cache = v->lists;

	for (size_t i = 0; i < v->n; i++)
		v->all[i].is_too_long = false;
	if (cache == NULL)
		return;
	for (size_t i = 0; i < cache->room; i++)
		free(cache->known[i].text);
	free(cache->known);
	free(cache);
	v->lists = NULL;
}

static size_t
hash(struct tt_rule_word text, bool is_ports)
{
	uint64_t h = text.n * 2 + is_ports;

	for (size_t i = 0; i < text.n; i++)
		h = (h ^ (unsigned char)text.at[i]) * UINT64_C(0x100000001b3);
	return (size_t)tt_hash_mix(h);
}

/* The list's place, or the free one where it belongs. There is a free one. */
static struct known *
find(const struct tt_rule_list_cache *cache, struct tt_rule_word text, bool is_ports)
{
	for (size_t i = hash(text, is_ports);; i++) {
		struct known *k = &cache->known[i & (cache->room - 1)];

		if (k->text == NULL
				|| (k->n == text.n && k->is_ports == is_ports
						&& memcmp(k->text, text.at, text.n) == 0))
			return k;
	}
}

static int
grow(struct tt_rule_variables *v)
{
	struct tt_rule_list_cache *cache = v->lists, old;

	if (cache == NULL)
		cache = v->lists = calloc(1, sizeof(*cache));
	if (cache == NULL)
		return -ENOMEM;
	if (cache->n < cache->room / 2)
		return 0;
	old = *cache;
	cache->room = old.room == 0 ? ROOM_LEAST : old.room * 2;
	cache->known = calloc(cache->room, sizeof(*cache->known));
	if (cache->known == NULL) {
		*cache = old;
		return -ENOMEM;
	}
	for (size_t i = 0; i < old.room; i++) {
		const struct known *k = &old.known[i];

		if (k->text != NULL)
			*find(cache, (struct tt_rule_word){k->text, k->n},
					k->is_ports) = *k;
	}
	free(old.known);
	return 0;
}

static struct tt_addr
address_of(tt_rule_member number)
{
	return (struct tt_addr){(uint64_t)(number >> 64), (uint64_t)number};
}

/* The set as the ranges of a rule. */
static int
keep(struct known *k, const struct tt_rule_set *set, struct tt_rules_memory *memory)
{
	if (set->n == 0)
		return 0;
	if (k->is_ports) {
		k->ports.ranges = tt_rules_memory_take(
				memory, set->n * sizeof(*k->ports.ranges));
		if (k->ports.ranges == NULL)
			return -ENOMEM;
		k->ports.n = (unsigned)set->n;
		for (size_t i = 0; i < set->n; i++)
			k->ports.ranges[i] = (struct tt_rule_port_range){
					(uint16_t)set->ranges[i].first,
					(uint16_t)set->ranges[i].last};
		return 0;
	}
	k->addresses.ranges = tt_rules_memory_take(
			memory, set->n * sizeof(*k->addresses.ranges));
	if (k->addresses.ranges == NULL)
		return -ENOMEM;
	k->addresses.n = (unsigned)set->n;
	for (size_t i = 0; i < set->n; i++)
		k->addresses.ranges[i] = (struct tt_rule_address_range){
				address_of(set->ranges[i].first),
				address_of(set->ranges[i].last)};
	return 0;
}

/* Returns 0 with *known, or as tt_rule_list_addresses. */
static int
resolve(struct tt_rule_variables *v, struct tt_rules_memory *memory,
		struct tt_rule_word list, bool is_ports, struct known **known,
		struct tt_rule_list_error *wrong)
{
	struct tt_rule_list_value value;
	struct known *k;
	int ret = grow(v);

	if (ret != 0)
		return ret;
	*known = k = find(v->lists, list, is_ports);
	if (k->text != NULL)
		return 0;
	ret = tt_rule_list_parse(v, is_ports, list, &value, wrong);
	if (ret != 0)
		return ret;
	*k = (struct known){.n = list.n, .is_ports = is_ports};
	ret = keep(k, &value.set, memory);
	tt_rule_set_fini(&value.set);
	if (ret == 0 && value.stated[0] != '\0') {
		k->addresses.stated = tt_rules_memory_text(
				memory, value.stated, strlen(value.stated));
		ret = k->addresses.stated == NULL ? -ENOMEM : 0;
	}
	if (ret == 0)
		k->text = strndup(list.at, list.n);
	if (ret != 0 || k->text == NULL)
		return -ENOMEM;
	v->lists->n++;
	return 0;
}

int
tt_rule_list_addresses(struct tt_rule_variables *v, struct tt_rules_memory *memory,
		struct tt_rule_word list, struct tt_rule_addresses *addresses,
		struct tt_rule_list_error *wrong)
{
	struct known *known;
	int ret = resolve(v, memory, list, false, &known, wrong);

	if (ret == 0)
		*addresses = known->addresses;
	return ret;
}

int
tt_rule_list_ports(struct tt_rule_variables *v, struct tt_rules_memory *memory,
		struct tt_rule_word list, struct tt_rule_ports *ports,
		struct tt_rule_list_error *wrong)
{
	struct known *known;
	int ret = resolve(v, memory, list, true, &known, wrong);

	if (ret == 0)
		*ports = known->ports;
	return ret;
}
