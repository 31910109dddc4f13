/* SPDX-License-Identifier: BSD-3-Clause */
/* Flowbits that one rule sets and another tests. */
#include "tt_hash.h"
#include "tt_rules_private.h"

#include <errno.h>
#include <string.h>

/* Names of flowbits, and what is done with them. */
struct names {
	struct name {
		const char *name;
		unsigned setters, testers; /* rules that are loaded and can match */
		const struct tt_rules_entry
				*elsewhere; /* another rule that sets it, or NULL */
		int bit; /* -1: none */
	} * all; /* [n], in the order in which they were met */
	size_t n;
	size_t *places; /* [room] numbers in all + 1, by hash; 0: free */
	size_t room; /* a power of two, twice n at least */
};

static void
names_fini(struct names *names)
{
	free(names->all);
	free(names->places);
}

static size_t *
place(const struct names *names, const char *name)
{
	uint64_t h = 0;

	for (const char *c = name; *c != '\0'; c++)
		h = (h ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	for (size_t i = (size_t)tt_hash_mix(h);; i++) {
		size_t *at = &names->places[i & (names->room - 1)];

		if (*at == 0 || strcmp(names->all[*at - 1].name, name) == 0)
			return at;
	}
}

static int
grow(struct names *names)
{
	const size_t room = names->room == 0 ? 128 : names->room * 2;
	size_t *places = calloc(room, sizeof(*places));
	void *all = reallocarray(names->all, room / 2, sizeof(*names->all));

	if (all != NULL)
		names->all = all;
	if (places == NULL || all == NULL) {
		free(places);
		return -ENOMEM;
	}
	free(names->places);
	names->places = places;
	names->room = room;
	for (size_t i = 0; i < names->n; i++)
		*place(names, names->all[i].name) = i + 1;
	return 0;
}

/* Gives the names of a rule's options their numbers. */
static int
identify(struct names *names, struct tt_rules_entry *entry)
{
	for (struct tt_rule_bit_names *b = entry->bits; b != NULL; b = b->next) {
		for (unsigned i = 0; i < b->n; i++) {
			size_t *at;

			if (names->n * 2 >= names->room && grow(names) != 0)
				return -ENOMEM;
			at = place(names, b->names[i].name);
			if (*at == 0) {
				names->all[names->n++] = (struct name){
						.name = b->names[i].name, .bit = -1};
				*at = names->n;
			}
			b->names[i].id = *at - 1;
		}
	}
	return 0;
}

static bool
tests(const struct tt_rule_bit_names *b)
{
	return b->does == TT_RULE_FLOWBIT_IS_SET || b->does == TT_RULE_FLOWBIT_IS_NOT_SET;
}

/* Counts what a rule that can match does with names. */
static void
count(struct names *names, const struct tt_rules_entry *entry)
{
	for (const struct tt_rule_bit_names *b = entry->bits; b != NULL; b = b->next) {
		for (unsigned i = 0; i < b->n; i++) {
			struct name *name = &names->all[b->names[i].id];

			if (tests(b))
				name->testers++;
			else if (b->does != TT_RULE_FLOWBIT_UNSET)
				name->setters++;
		}
	}
}

/* Keeps the first of the rules that would set a name, but cannot match. */
static void
note_elsewhere(struct names *names, const struct tt_rules_entry *entry)
{
	for (const struct tt_rule_bit_names *b = entry->bits; b != NULL; b = b->next) {
		for (unsigned i = 0; i < b->n; i++) {
			struct name *name = &names->all[b->names[i].id];

			if (name->elsewhere == NULL && !tests(b)
					&& b->does != TT_RULE_FLOWBIT_UNSET)
				name->elsewhere = entry;
		}
	}
}

/* The first name of an option that waits for what none sets so far; NULL if there is none. */
static const struct name *
waits_for(const struct names *names, const struct tt_rules_entry *entry)
{
	for (const struct tt_rule_bit_names *b = entry->bits; b != NULL; b = b->next) {
		bool hope = b->does != TT_RULE_FLOWBIT_IS_SET;

		for (unsigned i = 0; i < b->n; i++)
			hope = hope || names->all[b->names[i].id].setters > 0;
		if (!hope)
			return &names->all[b->names[0].id];
	}
	return NULL;
}

static bool
is_waiting(const struct tt_rules_entry *entry)
{
	return entry->outcome == TT_RULE_LOADED && entry->bits != NULL
			&& !entry->can_match;
}

/*
 * Finds the rules that can match: those that wait for nothing, and then those that wait for what
 * these set, and so on; forwards and backwards, since rules stand in chains. Rules that wait for
 * each other, or for themselves, are not among them.
 */
static void
find_matching(struct tt_rules_loader *l, struct names *names)
{
	bool again = true;

	while (again) {
		again = false;
		for (size_t i = 0; i < 2 * l->n; i++) {
			struct tt_rules_entry *entry =
					&l->entries[i < l->n ? i : 2 * l->n - 1 - i];

			if (!is_waiting(entry) || waits_for(names, entry) != NULL)
				continue;
			entry->can_match = again = true;
			count(names, entry);
		}
	}
}

static int
turn_waiting(struct tt_rules_loader *l, struct tt_rules_entry *entry,
		const struct name *name)
{
	const struct tt_rules_entry *setter = name->elsewhere;
	const char *shown = tt_rule_printable(
			l->rules->memory, tt_rule_word_of(name->name));
	enum tt_rule_outcome outcome;

	if (shown == NULL)
		return -ENOMEM;
	if (setter == NULL)
		return tt_rules_turn(l, entry, TT_RULE_UNREACHABLE,
				"flowbits: no rule that is loaded sets \"%.80s\"", shown);
	if (setter == entry)
		return tt_rules_turn(l, entry, TT_RULE_UNREACHABLE,
				"flowbits: this rule alone sets \"%.80s\"", shown);
	outcome = setter->outcome;
	return tt_rules_turn(l, entry, TT_RULE_UNREACHABLE,
			"flowbits: no rule that is loaded sets \"%.80s\"; %s:%u would, which is "
			"%s",
			shown, setter->rule.file, setter->rule.line,
			tt_rule_outcome_name(outcome == TT_RULE_LOADED
							? TT_RULE_UNREACHABLE
							: outcome));
}

/* Drops the rules that wait in vain. Returns 0 or -ENOMEM. */
static int
drop_waiting(struct tt_rules_loader *l, struct names *names)
{
	int ret = 0;

	for (size_t i = 0; i < l->n; i++)
		if (l->entries[i].outcome != TT_RULE_LOADED || is_waiting(&l->entries[i]))
			note_elsewhere(names, &l->entries[i]);
	for (size_t i = 0; ret == 0 && i < l->n; i++)
		if (is_waiting(&l->entries[i]))
			ret = turn_waiting(l, &l->entries[i],
					waits_for(names, &l->entries[i]));
	return ret;
}

/* The bits of one option's names; 0 where it need not be looked at: what none sets is not set. */
static uint64_t
bits_of(const struct names *names, const struct tt_rule_bit_names *b)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < b->n; i++) {
		const struct name *name = &names->all[b->names[i].id];

		if (name->setters == 0 && b->does == TT_RULE_FLOWBIT_IS_NOT_SET)
			return 0;
		if (name->bit >= 0)
			bits |= UINT64_C(1) << name->bit;
	}
	return bits;
}

/* Gives the options their bits, and drops those whose names do not matter. */
static void
number_rule(struct tt_rules_entry *entry, const struct names *names)
{
	struct tt_rule *rule = &entry->rule;
	bool tested = false, set = false;
	unsigned n = 0;

	for (const struct tt_rule_bit_names *b = entry->bits; b != NULL; b = b->next) {
		struct tt_rule_flowbit *flowbit = &rule->payload[b->option].u.flowbit;

		flowbit->names = bits_of(names, b);
		if (flowbit->names != 0 && tests(b))
			tested = true;
		else if (flowbit->names != 0)
			set = true;
	}
	for (unsigned i = 0; i < rule->n_payload; i++)
		if (rule->payload[i].kind != TT_RULE_FLOWBIT
				|| rule->payload[i].u.flowbit.names != 0)
			rule->payload[n++] = rule->payload[i];
	rule->n_payload = n;
	rule->flowbit_order = !tested ? 0 : set ? 1 : 2;
}

/* Numbers the names that are both set and tested; rules of those past the last number. */
static int
number_names(struct tt_rules_loader *l, struct names *names)
{
	struct tt_rules *rules = l->rules;

	rules->flowbits = tt_rules_memory_take(
			rules->memory, TT_RULE_FLOWBITS_MAX * sizeof(*rules->flowbits));
	if (rules->flowbits == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < names->n; i++) {
		struct name *name = &names->all[i];

		if (name->setters == 0 || name->testers == 0
				|| rules->n_flowbits == TT_RULE_FLOWBITS_MAX)
			continue;
		name->bit = (int)rules->n_flowbits;
		rules->flowbits[rules->n_flowbits] = tt_rules_memory_text(
				rules->memory, name->name, strlen(name->name));
		if (rules->flowbits[rules->n_flowbits] == NULL)
			return -ENOMEM;
		rules->n_flowbits++;
	}
	return 0;
}

/* Does a rule test a name for which there was no number left? */
static bool
is_unnumbered(const struct names *names, const struct tt_rules_entry *entry)
{
	for (const struct tt_rule_bit_names *b = entry->bits; b != NULL; b = b->next) {
		for (unsigned i = 0; tests(b) && i < b->n; i++) {
			const struct name *name = &names->all[b->names[i].id];

			if (name->bit < 0 && name->setters > 0)
				return true;
		}
	}
	return false;
}

static int
settle(struct tt_rules_loader *l, struct names *names)
{
	int ret;

	find_matching(l, names);
	ret = drop_waiting(l, names);
	if (ret == 0)
		ret = number_names(l, names);
	for (size_t i = 0; ret == 0 && i < l->n; i++) {
		struct tt_rules_entry *entry = &l->entries[i];

		if (entry->outcome != TT_RULE_LOADED || entry->bits == NULL)
			continue;
		if (is_unnumbered(names, entry))
			ret = tt_rules_turn(l, entry, TT_RULE_UNSUPPORTED,
					"flowbits: more than %d names",
					TT_RULE_FLOWBITS_MAX);
		else
			number_rule(entry, names);
	}
	return ret;
}

int
tt_rules_settle_flowbits(struct tt_rules_loader *l)
{
	struct names names = {0};
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < l->n; i++)
		ret = identify(&names, &l->entries[i]);
	if (ret == 0)
		ret = settle(l, &names);
	names_fini(&names);
	return ret;
}
