/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The fingerprint rules of all parts. Where all have the same ones, they stay in their order; where
 * not, the result has all of them by id. So neither the order of parts matters, nor how they were
 * grouped.
 */
#include "tt_compact_private.h"

#include <errno.h>
#include <string.h>

static struct tt_compact_rule *
find(struct tt_compact_rules *rules, const char *id)
{
	for (unsigned i = 0; i < rules->n; i++)
		if (strcmp(rules->all[i].id, id) == 0)
			return &rules->all[i];
	return NULL;
}

static int64_t
max_i64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* A rule that was changed keeps its id; which of its texts is taken must not depend on the order. */
static void
join(struct tt_compact_rule *to, struct tt_compact_rule *from)
{
	if (strcmp(from->title, to->title) < 0) {
		char *title = to->title;

		to->title = from->title;
		from->title = title;
	}
	to->chance_one_in = max_i64(to->chance_one_in, from->chance_one_in);
	to->source_packets = max_i64(to->source_packets, from->source_packets);
	to->source_percent = max_i64(to->source_percent, from->source_percent);
	to->tested += from->tested;
	to->matched += from->matched;
}

static int
read_row(const struct tt_parquet_reader *r, struct tt_compact_rule *rule)
{
	const char *id = tt_parquet_get_text(r, TT_FINGERPRINT_RULES_FINGERPRINT);

	*rule = (struct tt_compact_rule){
			.chance_one_in = tt_parquet_get_int(
					r, TT_FINGERPRINT_RULES_CHANCE_ONE_IN),
			.source_packets = tt_parquet_get_int(
					r, TT_FINGERPRINT_RULES_SOURCE_PACKETS),
			.source_percent = tt_parquet_get_int(
					r, TT_FINGERPRINT_RULES_SOURCE_PERCENT),
			.tested = tt_parquet_get_int(r, TT_FINGERPRINT_RULES_TESTED),
			.matched = tt_parquet_get_int(r, TT_FINGERPRINT_RULES_MATCHED),
	};
	if (*id == '\0' || strlen(id) > TT_FINGERPRINT_ID_MAX || strchr(id, '+') != NULL
			|| rule->chance_one_in < 0 || rule->source_packets < 0
			|| rule->source_packets > UINT32_MAX || rule->source_percent < 0
			|| rule->source_percent > UINT32_MAX || rule->tested < 0
			|| rule->matched < 0)
		return -EBADMSG;
	snprintf(rule->id, sizeof(rule->id), "%s", id);
	rule->title = strdup(tt_parquet_get_text(r, TT_FINGERPRINT_RULES_TITLE));
	return rule->title == NULL ? -ENOMEM : 0;
}

/* Enters rule number i of a part. */
static int
enter(struct tt_compact *c, struct tt_compact_rule *rule, unsigned i)
{
	struct tt_compact_rules *all = &c->rules;
	struct tt_compact_rule *known = find(all, rule->id);

	if (known != NULL) {
		if (known != &all->all[i])
			all->sorted = true;
		join(known, rule);
		return 0;
	}
	if (all->n == TT_FINGERPRINTS_MAX)
		return tt_error_set(c->err, -EPROTO, NULL,
				"the parts have more than %d fingerprint rules "
				"together" TT_COMPACT_ADVICE,
				TT_FINGERPRINTS_MAX);
	/* Not the first part, and it has a rule that others lack. */
	if (c->rules_read)
		all->sorted = true;
	all->all[all->n++] = *rule;
	rule->title = NULL;
	return 0;
}

static int
bad_row(struct tt_compact *c, const struct tt_snapshot *part, int ret)
{
	if (ret == -ENOMEM)
		return tt_compact_no_memory(c);
	return tt_error_set(c->err, -EBADMSG, part->path,
			"its table fingerprint_rules has a row that cannot be");
}

int
tt_compact_plan_rules(struct tt_compact *c, const struct tt_snapshot *part)
{
	struct tt_parquet_reader *r;
	int ret = tt_snapshot_table(part, TT_TABLE_FINGERPRINT_RULES, &r, c->err), more;
	unsigned n = 0;

	if (ret != 0)
		return ret;
	while (ret == 0 && (more = tt_parquet_next(r, c->err)) != 0) {
		struct tt_compact_rule rule;

		ret = more < 0 ? more : read_row(r, &rule);
		if (more > 0 && ret != 0)
			ret = bad_row(c, part, ret);
		if (ret == 0) {
			ret = enter(c, &rule, n++);
			free(rule.title);
		}
	}
	tt_parquet_close(r);
	if (c->rules_read && n != c->rules.n)
		c->rules.sorted = true;
	c->rules_read = true;
	return ret;
}

static int
by_id(const void *a, const void *b)
{
	const struct tt_compact_rule *x = a, *y = b;

	return strcmp(x->id, y->id);
}

void
tt_compact_sort_rules(struct tt_compact *c)
{
	if (c->rules.sorted)
		qsort(c->rules.all, c->rules.n, sizeof(c->rules.all[0]), by_id);
}

/* Counts the sources of a rule, and judges each anew on its sums. */
static void
judge(struct tt_compact *c, const uint64_t *row, unsigned place, uint64_t *source)
{
	struct tt_compact_rule *rule = &c->rules.all[place];
	const struct tt_fingerprint_rule bounds = {
			.source_packets = (uint32_t)rule->source_packets,
			.source_percent = (uint32_t)rule->source_percent,
	};
	unsigned keys = c->stores[TT_TABLE_SOURCE_FINGERPRINTS].n_keys;

	rule->sources++;
	if (!tt_fingerprint_judge(&bounds, row[keys], row[keys + 1]))
		return;
	rule->carriers++;
	rule->carrier_packets += row[keys];
	source[2 + TT_SOURCE_EXTENT] |= UINT64_C(1) << place << TT_EXTENT_RULES;
}

bool
tt_compact_carries(const struct tt_compact *c, const uint64_t *row)
{
	const struct tt_layout *l = &c->layouts[TT_TABLE_SOURCE_FINGERPRINTS];
	uint64_t place = tt_field_get(
			tt_layout_field(l, TT_SOURCE_FINGERPRINTS_FINGERPRINT), row);
	const uint64_t *source = tt_store_find(&c->stores[TT_TABLE_SOURCES], row);

	return source != NULL
			&& (source[2 + TT_SOURCE_EXTENT] >> TT_EXTENT_RULES >> place & 1)
			!= 0;
}

int
tt_compact_judge(struct tt_compact *c)
{
	const struct tt_layout *l = &c->layouts[TT_TABLE_SOURCE_FINGERPRINTS];
	const struct tt_field *rule = tt_layout_field(
			l, TT_SOURCE_FINGERPRINTS_FINGERPRINT);
	const struct tt_store *rows = &c->stores[TT_TABLE_SOURCE_FINGERPRINTS];

	for (uint32_t i = 0; i < rows->n; i++) {
		const uint64_t *row = tt_store_row(rows, i);
		uint64_t *source = tt_store_find(&c->stores[TT_TABLE_SOURCES], row);

		if (source == NULL)
			return tt_error_set(c->err, -EBADMSG, NULL,
					"a part has fingerprints of a source that its "
					"table sources lacks");
		judge(c, row, (unsigned)tt_field_get(rule, row), source);
	}
	return 0;
}
