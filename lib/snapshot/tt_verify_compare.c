/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_verify_compare.h"

#include <inttypes.h>
#include <stdarg.h>

const char *
tt_compare_file(enum tt_table table)
{
	return tt_schema_of(table)->file;
}

void
tt_compare_tell(struct tt_compare *c, enum tt_table table, const char *fmt, ...)
{
	char why[256];
	va_list args;

	if (c->told[table])
		return;
	c->told[table] = true;
	va_start(args, fmt);
	vsnprintf(why, sizeof(why), fmt, args);
	va_end(args);
	c->wrong(c->context, table, why);
}

bool
tt_compare_have(const struct tt_compare *c, enum tt_table table, enum tt_table other)
{
	return c->s->read[table]
			&& (other == TT_TABLE_INTERVAL
					|| (c->s->read[other] && !c->told[other]));
}

void
tt_compare_equal(struct tt_compare *c, enum tt_table table, const char *what, int64_t sum,
		enum tt_table other, int64_t expected)
{
	if (tt_compare_have(c, table, other) && sum != expected)
		tt_compare_tell(c, table, "%s: %" PRId64 "; %s says %" PRId64, what, sum,
				tt_compare_file(other), expected);
}

void
tt_compare_at_most(struct tt_compare *c, enum tt_table table, const char *what,
		int64_t sum, enum tt_table other, int64_t most)
{
	if (tt_compare_have(c, table, other) && sum > most)
		tt_compare_tell(c, table, "%s: %" PRId64 "; %s says %" PRId64, what, sum,
				tt_compare_file(other), most);
}

/* Compares key by key. */
void
tt_compare_match(struct tt_compare *c, enum tt_table table, const char *what,
		enum tt_match m, enum tt_table other)
{
	if (tt_compare_have(c, table, other) && c->s->match[m][0] != c->s->match[m][1])
		tt_compare_tell(c, table, "%s: not as in %s", what,
				tt_compare_file(other));
}
