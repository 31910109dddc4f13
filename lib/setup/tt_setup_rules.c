/* SPDX-License-Identifier: BSD-3-Clause */
/* Signatures: read at the start, and again while the sensor runs. */
#include "tt_setup_private.h"

#include "tt_rules_print.h"
#include "tt_signature.h"

#include <errno.h>
#include <string.h>

/* Of file names, NULL for none. */
static const char *
given(const char *path)
{
	return path[0] == '\0' ? NULL : path;
}

int
tt_setup_open_rules(const struct tt_setup *s, const struct tt_config *config,
		struct tt_ruleset **set, struct tt_error *err)
{
	const struct tt_rules_options options = {
			.variables = given(config->rule_variables),
			.home_net = s->monitored_text,
			.classification = given(config->rule_classes),
	};

	const struct tt_signature_limits limits = {.simd_bits = config->simd_bits};

	return tt_ruleset_open(set, config->rules, &options, &limits, err);
}

/* Is the rule, by number and by what is wrong with it, broken in the set as well? */
static bool
is_broken_in(const struct tt_rules *rules, const struct tt_rule_remark *remark)
{
	for (unsigned i = 0; i < rules->n_remarks; i++) {
		const struct tt_rule_remark *r = &rules->remarks[i];

		if (r->outcome == TT_RULE_BROKEN && r->gid == remark->gid
				&& r->sid == remark->sid
				&& strcmp(r->why, remark->why) == 0)
			return true;
	}
	return false;
}

/* Says which rule is broken that was not before. */
static int
refuse_broken(const struct tt_rules *rules, const struct tt_rules *before,
		struct tt_error *err)
{
	const unsigned more = rules->outcomes[TT_RULE_BROKEN]
			- before->outcomes[TT_RULE_BROKEN];
	const struct tt_rule_remark *r = NULL;
	char where[sizeof(((struct tt_error *)0)->where)], sid[24] = "";

	for (unsigned i = 0; i < rules->n_remarks && r == NULL; i++)
		if (rules->remarks[i].outcome == TT_RULE_BROKEN
				&& !is_broken_in(before, &rules->remarks[i]))
			r = &rules->remarks[i];
	if (r == NULL)
		return tt_error_set(err, -EBADMSG, "rules",
				"%u more are broken than before", more);
	snprintf(where, sizeof(where), "%.200s:%u", r->file, r->line);
	if (r->sid > 0)
		snprintf(sid, sizeof(sid), "sid %u: ", r->sid);
	return tt_error_set(err, -EBADMSG, where, "%sbroken: %s%s", sid, r->why,
			more > 1 ? ", and others" : "");
}

int
tt_setup_reload_rules(const struct tt_setup *s, const struct tt_config *config,
		struct tt_ruleset **set, struct tt_error *err)
{
	const struct tt_rules *before = &s->ruleset->rules;
	int ret = tt_setup_open_rules(s, config, set, err);

	if (ret != 0)
		return ret;
	if ((*set)->rules.outcomes[TT_RULE_BROKEN] > before->outcomes[TT_RULE_BROKEN])
		ret = refuse_broken(&(*set)->rules, before, err);
	else if ((*set)->rules.n == 0 && before->n > 0)
		ret = tt_error_set(err, -EBADMSG, config->rules, "no rule loads");
	if (ret == 0)
		return 0;
	tt_ruleset_close(*set);
	*set = NULL;
	return ret;
}

const char *
tt_setup_unsieved(const struct tt_setup *s)
{
	return s->ruleset == NULL || s->ruleset->rules.n == 0
			? NULL
			: tt_signatures_unsieved(s->ruleset->signatures);
}

int
tt_setup_print_rules(
		const struct tt_setup *s, bool strict, FILE *out, struct tt_error *err)
{
	const struct tt_ruleset *set = s->ruleset;
	char nothing[TT_SETUP_NOTHING_TEXT_MAX];

	if (set == NULL)
		return 0;
	if (tt_rules_print_summary(&set->rules, out) != 0)
		return tt_error_set(err, -ENOMEM, "rules", "out of memory");
	tt_rules_print_counts(&set->rules, set->files, set->n_files, out);
	if (tt_setup_unsieved(s) != NULL)
		fprintf(out, "%s\n", tt_setup_unsieved(s));
	if (tt_setup_no_rules_text(s, nothing)[0] != '\0')
		fprintf(out, "%s\n", nothing);
	if (strict && set->rules.n == 0 && set->rules.n_remarks == 0)
		return tt_error_set(err, -EBADMSG, set->files[0], "no rule in it%s",
				set->n_files > 1 ? ", nor in the other files of rules"
						 : "");
	if (!strict || set->rules.n_remarks == 0)
		return 0;
	return tt_error_set(err, -EBADMSG, "rules",
			"%u of %u are not loaded (teiten rules check says which)",
			set->rules.n_remarks, set->rules.n_remarks + set->rules.n);
}

unsigned
tt_setup_broken_rules(const struct tt_setup *s)
{
	return s->ruleset == NULL ? 0 : s->ruleset->rules.outcomes[TT_RULE_BROKEN];
}

void
tt_setup_print_sound(unsigned broken, FILE *out)
{
	fputs("the configuration is sound", out);
	if (broken > 0)
		fprintf(out, " but for %u rule%s that cannot be read", broken,
				broken == 1 ? "" : "s");
	putc('\n', out);
}

char *
tt_setup_rules_text(const struct tt_setup *s, char text[TT_SETUP_RULES_TEXT_MAX])
{
	const struct tt_rules *rules;
	size_t n;

	text[0] = '\0';
	if (s->ruleset == NULL)
		return text;
	rules = &s->ruleset->rules;
	n = (size_t)snprintf(text, TT_SETUP_RULES_TEXT_MAX, "%u signature%s", rules->n,
			rules->n == 1 ? "" : "s");
	if (rules->n_remarks == 0)
		return text;
	n += (size_t)snprintf(text + n, TT_SETUP_RULES_TEXT_MAX - n,
			"; %u more rule%s not loaded:", rules->n_remarks,
			rules->n_remarks == 1 ? " is" : "s are");
	for (unsigned i = TT_RULE_LOADED + 1; i < TT_RULE_N_OUTCOMES; i++)
		if (rules->outcomes[i] > 0)
			n += (size_t)snprintf(text + n, TT_SETUP_RULES_TEXT_MAX - n,
					" %u %s,", rules->outcomes[i],
					tt_rule_outcome_name((enum tt_rule_outcome)i));
	snprintf(text + n - 1, TT_SETUP_RULES_TEXT_MAX - n + 1,
			" (teiten rules check says why)");
	return text;
}
