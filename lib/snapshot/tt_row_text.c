/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_row_text.h"

#include <errno.h>
#include <string.h>

char *
tt_row_country(uint16_t country, char text[3])
{
	if (country != TT_COUNTRY_REST)
		return tt_country_format(country, text);
	return strcpy(text, "**");
}

int
tt_row_country_parse(const char *text, uint16_t *country)
{
	char again[3];

	*country = strcmp(text, "**") == 0 ? TT_COUNTRY_REST : tt_country_parse(text);
	return strcmp(tt_row_country(*country, again), text) == 0 ? 0 : -EINVAL;
}

/* Appends a name, after a plus if it is not the first, to text[room]; returns where it ends. */
static char *
append(char *text, char *at, size_t room, const char *name)
{
	size_t n = strlen(name);

	TT_ASSERT((size_t)(at - text) + 1 + n < room);
	if (at > text)
		*at++ = '+';
	memcpy(at, name, n + 1);
	return at + n;
}

char *
tt_row_classes(uint32_t classes, char text[TT_CLASSES_TEXT_MAX])
{
	char *at = text;

	*at = '\0';
	for (; classes != 0; classes &= classes - 1)
		at = append(text, at, TT_CLASSES_TEXT_MAX,
				tt_class_name((enum tt_class)__builtin_ctz(classes)));
	return text;
}

/* The class whose name is text[length], or TT_N_CLASSES. */
static unsigned
find_class(const char *text, size_t length)
{
	unsigned c = 0;

	while (c < TT_N_CLASSES) {
		const char *name = tt_class_name((enum tt_class)c);

		if (strncmp(name, text, length) == 0 && name[length] == '\0')
			break;
		c++;
	}
	return c;
}

int
tt_row_classes_parse(const char *text, uint32_t *classes)
{
	*classes = 0;
	for (;;) {
		size_t length = strcspn(text, "+");
		unsigned c = find_class(text, length);

		if (c == TT_N_CLASSES || *classes >> c != 0)
			return -EINVAL;
		*classes |= 1u << c;
		if (text[length] == '\0')
			return 0;
		text += length + 1;
	}
}

char *
tt_row_rules(const struct tt_fingerprints *set, uint32_t rules,
		char text[TT_RULES_TEXT_MAX])
{
	char *at = text;

	*at = '\0';
	for (unsigned i = 0; rules >> i != 0 && i < tt_fingerprints_count(set); i++)
		if ((rules >> i & 1) != 0)
			at = append(text, at, TT_RULES_TEXT_MAX,
					tt_fingerprints_rule(set, i)->id);
	return text;
}

const char *
tt_row_label(enum tt_distribution d, uint32_t value, char text[64])
{
	switch (d) {
	case TT_DIST_IP_PROTOCOL:
		return tt_protocol_name((uint8_t)value, text);
	case TT_DIST_TCP_FLAGS:
	case TT_DIST_TCP_FLAGS_ALL:
		return tt_tcp_flags_format((uint16_t)value, text);
	case TT_DIST_ENCAPSULATION:
		return tt_encap_format((uint8_t)value, text);
	default:
		return "";
	}
}

const char *
tt_row_sketch_prefix(enum tt_sketch_kind kind)
{
	static const char *const prefixes[TT_N_SKETCH_KINDS] = {
			[TT_SKETCH_SOURCES] = "sources",
			[TT_SKETCH_SOURCES_COUNTRY] = "sources/country/",
			[TT_SKETCH_SOURCES_PREFIX] = "sources/prefix/",
			[TT_SKETCH_SOURCES_TARGET] = "sources/target/",
			[TT_SKETCH_DESTINATIONS_TARGET] = "destinations/target/",
	};

	TT_ASSERT(kind < TT_N_SKETCH_KINDS);
	return prefixes[kind];
}

_Static_assert(sizeof("sources/prefix/") + TT_UNIT_TEXT_MAX <= TT_SKETCH_KEY_MAX
				&& sizeof("destinations/target/") + 32
						<= TT_SKETCH_KEY_MAX,
		"the longest key of a sketch");

char *
tt_row_sketch_key(enum tt_sketch_kind kind, uint32_t key, const struct tt_units *prefixes,
		char text[TT_SKETCH_KEY_MAX])
{
	char *of = stpcpy(text, tt_row_sketch_prefix(kind));

	switch (kind) {
	case TT_SKETCH_SOURCES:
		break;
	case TT_SKETCH_SOURCES_COUNTRY:
		tt_country_format((tt_country)key, of);
		break;
	case TT_SKETCH_SOURCES_PREFIX:
		tt_units_format(prefixes, key, of);
		break;
	default:
		tt_target_format(tt_target_of_index(key), of);
	}
	return text;
}

unsigned
tt_row_sketch_precision(enum tt_sketch_kind kind)
{
	static const unsigned precisions[TT_N_SKETCH_KINDS] = {
			[TT_SKETCH_SOURCES] = TT_SKETCH_P_ALL,
			[TT_SKETCH_SOURCES_COUNTRY] = TT_SKETCH_P_COUNTRY,
			[TT_SKETCH_SOURCES_PREFIX] = TT_SKETCH_P_PREFIX,
			[TT_SKETCH_SOURCES_TARGET] = TT_SKETCH_P_TARGET,
			[TT_SKETCH_DESTINATIONS_TARGET] = TT_SKETCH_P_TARGET,
	};

	TT_ASSERT(kind < TT_N_SKETCH_KINDS);
	return precisions[kind];
}
