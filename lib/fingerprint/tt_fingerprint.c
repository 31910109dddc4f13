/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_fingerprint_private.h"

#include "tt_sha256.h"

#include <errno.h>
#include <string.h>

#define FILE_BYTES_MAX (1 << 20)
#define HASH_DIGITS    16

static void
identify(struct tt_fingerprints *set, const char *name, const uint8_t *bytes, size_t n)
{
	const char *slash = strrchr(name, '/');
	char hex[TT_SHA256_TEXT_SIZE];

	tt_sha256_of(bytes, n, hex);
	snprintf(set->identity, sizeof(set->identity), "%.180s version %u sha256:%.*s",
			slash == NULL ? name : slash + 1, set->version, HASH_DIGITS, hex);
}

static void
find_common_validity(struct tt_fingerprints *set)
{
	set->valid_from_us = INT64_MIN;
	set->valid_until_us = INT64_MAX;
	for (unsigned i = 0; i < set->n; i++) {
		const struct tt_fingerprint_rule *rule = &set->rules[i].rule;

		if (rule->valid_from_us > set->valid_from_us)
			set->valid_from_us = rule->valid_from_us;
		if (rule->valid_until_us < set->valid_until_us)
			set->valid_until_us = rule->valid_until_us;
	}
}

static int
refuse(const struct tt_fingerprints *set, const char *name,
		const struct tt_fp_excess *excess, struct tt_error *err)
{
	const struct tt_fp_rule *rule = &set->rules[excess->rule];
	char where[512];

	snprintf(where, sizeof(where), "%s:%u", name, rule->line);
	if (excess->columns)
		return tt_error_set(err, -E2BIG, where,
				"the rules together are too long: in the rule %s, more than "
				"%d numbers or truth values are to be kept at a time, for it "
				"and for those after it",
				rule->rule.id, TT_FP_COLUMNS_MAX);
	return tt_error_set(err, -E2BIG, where,
			"the rules together are too long: with the rule %s, more than %d "
			"steps",
			rule->rule.id, TT_FP_STEPS_MAX);
}

static int
make(struct tt_fingerprints *set, const char *name, const uint8_t *bytes, size_t n,
		struct tt_error *err)
{
	struct tt_fp_excess excess;
	int ret = tt_fp_read_yaml(set, name, bytes, n, err);

	if (ret != 0)
		return ret;
	find_common_validity(set);
	identify(set, name, bytes, n);
	ret = tt_fp_compile(set, &excess);
	if (ret == -E2BIG)
		return refuse(set, name, &excess, err);
	return ret == 0 ? 0 : tt_error_set(err, ret, name, "out of memory");
}

int
tt_fingerprints_parse(struct tt_fingerprints **set, const char *name,
		const uint8_t *bytes, size_t n, struct tt_error *err)
{
	int ret;

	*set = calloc(1, sizeof(**set));
	if (*set == NULL)
		return tt_error_set(err, -ENOMEM, name, "out of memory");
	ret = make(*set, name, bytes, n, err);
	if (ret != 0) {
		tt_fingerprints_close(*set);
		*set = NULL;
	}
	return ret;
}

static int
read_and_parse(struct tt_fingerprints **set, const char *path, FILE *in, uint8_t *bytes,
		struct tt_error *err)
{
	const size_t n = fread(bytes, 1, FILE_BYTES_MAX, in);

	if (ferror(in))
		return tt_error_set(err, -errno, path, "%s", strerror(errno));
	if (n == FILE_BYTES_MAX)
		return tt_error_set(err, -EFBIG, path, "too long for a file of rules");
	return tt_fingerprints_parse(set, path, bytes, n, err);
}

static int
open_file(struct tt_fingerprints **set, const char *path, struct tt_error *err)
{
	FILE *in = fopen(path, "re");
	uint8_t *bytes;
	int ret;

	if (in == NULL)
		return tt_error_set(err, -errno, path, "%s", strerror(errno));
	bytes = malloc(FILE_BYTES_MAX);
	if (bytes == NULL)
		ret = tt_error_set(err, -ENOMEM, path, "out of memory");
	else
		ret = read_and_parse(set, path, in, bytes, err);
	free(bytes);
	fclose(in);
	return ret;
}

int
tt_fingerprints_open(struct tt_fingerprints **set, const char *path, struct tt_error *err)
{
	*set = NULL;
	if (path != NULL && path[0] != '\0')
		return open_file(set, path, err);
	*set = calloc(1, sizeof(**set));
	return *set != NULL ? 0 : tt_error_set(err, -ENOMEM, NULL, "out of memory");
}

static void
fini_rule(struct tt_fp_rule *rule)
{
	free(rule->rule.title);
	free(rule->rule.origin);
	free(rule->rule.where);
	free(rule->rule.match);
	tt_fp_expr_fini(&rule->where);
	tt_fp_expr_fini(&rule->match);
}

void
tt_fingerprints_close(struct tt_fingerprints *set)
{
	if (set == NULL)
		return;
	for (unsigned i = 0; i < set->n; i++)
		fini_rule(&set->rules[i]);
	free(set->program.steps);
	free(set);
}

unsigned
tt_fingerprints_count(const struct tt_fingerprints *set)
{
	return set == NULL ? 0 : set->n;
}

const struct tt_fingerprint_rule *
tt_fingerprints_rule(const struct tt_fingerprints *set, unsigned i)
{
	TT_ASSERT(i < tt_fingerprints_count(set));
	return &set->rules[i].rule;
}

const char *
tt_fingerprints_identity(const struct tt_fingerprints *set)
{
	return set == NULL || set->identity[0] == '\0' ? "none" : set->identity;
}
