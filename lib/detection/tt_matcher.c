/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_matcher.h"
#include "tt_detections_private.h"

#include <errno.h>
#include <string.h>

struct tt_matcher {
	const struct tt_rules *rules;
	const struct tt_signatures *signatures;
	struct tt_signature_scratch *scratch;
	unsigned n_hits; /* of the last burst */
	struct tt_signature_hit hits[TT_SIGNATURE_BURST * TT_SIGNATURE_HITS_MAX];
};

/* Splits the list in place; names: [as many as it has commas, and one]. Returns how many. */
static unsigned
split(char *list, const char **names)
{
	unsigned n = 0;
	size_t length;

	for (char *at = list; at != NULL;) {
		char *comma = strchr(at, ',');

		if (comma != NULL)
			*comma++ = '\0';
		at += strspn(at, " ");
		for (length = strlen(at); length > 0 && at[length - 1] == ' ';)
			at[--length] = '\0';
		names[n++] = at;
		at = comma;
	}
	return n;
}

static unsigned
count_files(const char *list)
{
	unsigned n = 1;

	for (; *list != '\0'; list++)
		n += *list == ',';
	return n;
}

static int
load(struct tt_ruleset *set, const char *files, const struct tt_rules_options *options,
		struct tt_error *err)
{
	int ret;

	set->list = strdup(files);
	set->files = calloc(count_files(files), sizeof(*set->files));
	if (set->list == NULL || set->files == NULL)
		return tt_error_set(err, -ENOMEM, "rules", "out of memory");
	set->n_files = split(set->list, set->files);
	ret = tt_rules_load(&set->rules, set->files, set->n_files, options, err);
	if (ret == 0 && set->rules.n > TT_DETECTION_RULES_MAX)
		ret = tt_error_set(err, -E2BIG, files, "%u rules are more than %d",
				set->rules.n, TT_DETECTION_RULES_MAX);
	return ret;
}

int
tt_ruleset_open(struct tt_ruleset **set, const char *files,
		const struct tt_rules_options *options,
		const struct tt_signature_limits *limits, struct tt_error *err)
{
	struct tt_ruleset *s;
	int ret;

	*set = NULL;
	if (files == NULL || *files == '\0')
		return 0;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return tt_error_set(err, -ENOMEM, "rules", "out of memory");
	ret = load(s, files, options, err);
	if (ret == 0)
		ret = tt_signatures_compile(&s->signatures, &s->rules, limits, err);
	if (ret != 0) {
		tt_ruleset_close(s);
		return ret;
	}
	*set = s;
	return 0;
}

void
tt_ruleset_close(struct tt_ruleset *set)
{
	if (set == NULL)
		return;
	tt_signatures_free(set->signatures);
	tt_rules_fini(&set->rules);
	free(set->files);
	free(set->list);
	free(set);
}

const char *
tt_ruleset_identity(const struct tt_ruleset *set)
{
	return set == NULL ? "none" : set->rules.identity;
}

int
tt_matcher_create(struct tt_matcher **matcher, const struct tt_ruleset *set,
		struct tt_error *err)
{
	struct tt_matcher *m = calloc(1, sizeof(*m));

	if (m != NULL) {
		m->rules = &set->rules;
		m->signatures = set->signatures;
		if (tt_signature_scratch_new(&m->scratch, set->signatures) == 0) {
			*matcher = m;
			return 0;
		}
		free(m);
	}
	return tt_error_set(err, -ENOMEM, "rules", "out of memory for a matcher");
}

void
tt_matcher_destroy(struct tt_matcher *m)
{
	if (m == NULL)
		return;
	tt_signature_scratch_free(m->scratch);
	free(m);
}

const struct tt_rules *
tt_matcher_rules(const struct tt_matcher *m)
{
	return m->rules;
}

const struct tt_signature_hit *
tt_matcher_hits(const struct tt_matcher *m, unsigned *n)
{
	*n = m->n_hits;
	return m->hits;
}

/* Is a match counted? Those of rules that only set flowbits are none of anybody's business. */
static bool
is_counted(const struct tt_detections *d, const struct tt_signature_hit *hit)
{
	return !d->config.rules->rules[hit->rule].no_alert;
}

void
tt_matcher_burst(struct tt_matcher *m, const struct tt_packet *packets,
		const uint8_t *const *frames, const uint32_t *captured,
		const int64_t *times_us, unsigned n, struct tt_detections *d)
{
	const struct tt_signature_burst burst = {packets, frames, captured, n};
	const uint64_t before = d->cut_short;
	int last = -1; /* packet that was counted */

	m->n_hits = tt_signatures_burst(
			m->signatures, m->scratch, &burst, m->hits, &d->cut_short);
	d->any |= d->cut_short != before;
	for (unsigned i = 0; i < m->n_hits; i++) {
		const struct tt_signature_hit *hit = &m->hits[i];

		if (!is_counted(d, hit))
			continue;
		tt_detections_put_off(d, hit->rule, &packets[hit->packet],
				times_us[hit->packet]);
		d->packets += last != hit->packet;
		last = hit->packet;
	}
}

void
tt_matcher_one_ref(struct tt_matcher *m, const struct tt_packet *packet,
		const uint8_t *frame, uint32_t captured, int64_t time_us,
		struct tt_detections *d)
{
	const struct tt_signature_packet p = {packet, frame, captured};
	unsigned n = tt_signature_one_ref(m->signatures, m->scratch, &p, m->hits);
	bool any = false;

	m->n_hits = n;
	for (unsigned i = 0; i < n; i++) {
		if (!is_counted(d, &m->hits[i]))
			continue;
		tt_detections_add(d, m->hits[i].rule, packet, time_us);
		any = true;
	}
	d->packets += any;
}
