/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said where a run cannot find, or has not found, anything: most likely the configuration is wrong. */
#include "tt_setup.h"

#include <inttypes.h>
#include <string.h>

/* Of a list of prefixes or files. */
#define SHOWN 200

static const char *
dots(const char *text)
{
	return strlen(text) > SHOWN ? " …" : "";
}

char *
tt_setup_no_rules_text(const struct tt_setup *s, char text[TT_SETUP_NOTHING_TEXT_MAX])
{
	const struct tt_ruleset *set = s->ruleset;
	char more[32] = "";

	text[0] = '\0';
	if (set == NULL || set->rules.n > 0)
		return text;
	if (set->n_files > 1)
		snprintf(more, sizeof(more), " and %u more", set->n_files - 1);
	snprintf(text, TT_SETUP_NOTHING_TEXT_MAX,
			"rules: no signature of %.*s%s%s is loaded, so nothing is detected "
			"(teiten rules check says why; --check-config=strict fails by it)",
			SHOWN, set->files[0], dots(set->files[0]), more);
	return text;
}

/* Of frames none of which is IP to or from anybody: what they are, in the ledger's words. That a file's link type is
 * none that is known is said of the file. */
static void
no_ip_text(const uint64_t fates[TT_N_FATES], char text[TT_SETUP_NOTHING_TEXT_MAX])
{
	uint64_t frames = 0;
	size_t n;

	for (unsigned f = 0; f < TT_N_FATES; f++)
		frames += f == TT_FATE_UNKNOWN_LINK_TYPE ? 0 : fates[f];
	if (frames == 0)
		return;
	n = (size_t)snprintf(text, TT_SETUP_NOTHING_TEXT_MAX,
			"no packet was counted, to no address: no frame is an IP packet that can "
			"be read:");
	for (unsigned f = 0; f < TT_N_FATES && n < TT_SETUP_NOTHING_TEXT_MAX; f++)
		if (fates[f] > 0)
			n += (size_t)snprintf(text + n, TT_SETUP_NOTHING_TEXT_MAX - n,
					"%s %s %" PRIu64, text[n - 1] == ':' ? "" : ",",
					tt_fate_name((enum tt_fate)f), fates[f]);
}

char *
tt_setup_no_packets_text(const struct tt_setup *s, const uint64_t fates[TT_N_FATES],
		char text[TT_SETUP_NOTHING_TEXT_MAX])
{
	const uint64_t outgoing = fates[TT_FATE_OUTGOING];
	const uint64_t others = fates[TT_FATE_NOT_MONITORED] + outgoing;
	size_t n;

	text[0] = '\0';
	if (fates[TT_FATE_COUNTED] > 0)
		return text;
	if (others == 0) {
		no_ip_text(fates, text);
		return text;
	}
	n = (size_t)snprintf(text, TT_SETUP_NOTHING_TEXT_MAX,
			"no packet to a monitored address was counted (monitored: %.*s%s); %" PRIu64
			" went to others",
			SHOWN, s->monitored_text, dots(s->monitored_text), others);
	if (outgoing > 0)
		snprintf(text + n, TT_SETUP_NOTHING_TEXT_MAX - n,
				", %" PRIu64 " of them from a monitored one", outgoing);
	return text;
}

char *
tt_setup_unmonitored_text(const struct tt_setup *s, const uint64_t fates[TT_N_FATES],
		char text[TT_SETUP_NOTHING_TEXT_MAX])
{
	const uint64_t counted = fates[TT_FATE_COUNTED];
	const uint64_t others = fates[TT_FATE_NOT_MONITORED];

	text[0] = '\0';
	if (counted > 0 && others > counted)
		snprintf(text, TT_SETUP_NOTHING_TEXT_MAX,
				"%" PRIu64 " of %" PRIu64
				" packets went to addresses that are not monitored (monitored: "
				"%.*s%s): is a prefix missing, or its length?",
				others, others + counted, SHOWN, s->monitored_text,
				dots(s->monitored_text));
	return text;
}
