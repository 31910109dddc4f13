/* SPDX-License-Identifier: BSD-3-Clause */
/* Many literals at once, by Vectorscan (or Hyperscan, which has the same interface). */
#include "tt_signature_private.h"

#include <errno.h>
#include <hs.h>

bool
tt_signature_patterns_run(void)
{
	return hs_valid_platform() == HS_SUCCESS;
}

/* A literal and the rule that it is of. */
struct owned {
	const struct tt_signature_literal *literal;
	uint32_t rank;
};

static int
compare_literals(const struct tt_signature_literal *a,
		const struct tt_signature_literal *b)
{
	if (a->nocase != b->nocase)
		return a->nocase ? 1 : -1;
	if (a->n != b->n)
		return a->n < b->n ? -1 : 1;
	return memcmp(a->bytes, b->bytes, a->n);
}

static int
by_literal(const void *pa, const void *pb)
{
	const struct owned *a = pa, *b = pb;
	const int order = compare_literals(a->literal, b->literal);

	if (order != 0)
		return order;
	return a->rank < b->rank ? -1 : a->rank > b->rank;
}

#define TEXT_MAX (4 * TT_SIGNATURE_LITERAL_MAX + 1)

/*
 * What the library wants, in its own columns. Its interface for pure literals takes none that begins
 * with a zero, so they are expressions of one \xHH after the other.
 */
struct columns {
	const char **texts;
	char (*room)[TEXT_MAX];
	unsigned *flags, *ids;
};

static int
take_columns(struct columns *c, struct tt_signature_arena *arena, uint32_t n)
{
	c->texts = tt_signature_take(arena, n, sizeof(*c->texts));
	c->room = tt_signature_take(arena, n, sizeof(*c->room));
	c->flags = tt_signature_take(arena, n, sizeof(*c->flags));
	c->ids = tt_signature_take(arena, n, sizeof(*c->ids));
	return c->texts == NULL || c->room == NULL || c->flags == NULL || c->ids == NULL
			? -ENOMEM
			: 0;
}

static const char *
expression(const struct tt_signature_literal *literal, char text[TEXT_MAX])
{
	for (uint32_t i = 0; i < literal->n; i++)
		sprintf(text + 4 * i, "\\x%02x", literal->bytes[i]);
	return text;
}

static void
gather(struct tt_signature_patterns *p, struct columns *c, const struct owned *owned,
		uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		const struct tt_signature_literal *literal = owned[i].literal;

		p->ranks[i] = owned[i].rank;
		if (i > 0 && compare_literals(owned[i - 1].literal, literal) == 0)
			continue;
		c->texts[p->n] = expression(literal, c->room[p->n]);
		c->flags[p->n] = HS_FLAG_SINGLEMATCH
				| (literal->nocase ? HS_FLAG_CASELESS : 0);
		c->ids[p->n] = p->n;
		p->first[p->n++] = i;
	}
	p->first[p->n] = n;
}

static int
compile(struct tt_signature_patterns *p, const struct columns *c, struct tt_error *err)
{
	hs_compile_error_t *error = NULL;
	hs_error_t ret = hs_compile_multi(c->texts, c->flags, c->ids, p->n, HS_MODE_BLOCK,
			NULL, &p->db, &error);
	int code;

	if (ret == HS_SUCCESS)
		return 0;
	p->db = NULL;
	code = ret == HS_NOMEM ? -ENOMEM : -EINVAL;
	tt_error_set(err, code, NULL, "patterns do not compile: %s",
			error != NULL ? error->message : "no reason given");
	hs_free_compile_error(error);
	return code;
}

int
tt_signature_patterns_compile(struct tt_signatures *s,
		struct tt_signature_patterns *patterns, const uint32_t *ranks, uint32_t n,
		struct tt_error *err)
{
	struct tt_signature_arena mine = {0};
	struct owned *owned = tt_signature_take(&mine, n, sizeof(*owned));
	struct columns c;
	int ret = -ENOMEM;

	patterns->ranks = tt_signature_take(&s->arena, n, sizeof(*patterns->ranks));
	patterns->first = tt_signature_take(&s->arena, n + 1, sizeof(*patterns->first));
	if (owned == NULL || patterns->ranks == NULL || patterns->first == NULL
			|| take_columns(&c, &mine, n) < 0)
		goto out;
	for (uint32_t i = 0; i < n; i++)
		owned[i] = (struct owned){&s->literals[ranks[i]], ranks[i]};
	qsort(owned, n, sizeof(*owned), by_literal);
	gather(patterns, &c, owned, n);
	ret = compile(patterns, &c, err);
out:
	tt_signature_arena_fini(&mine);
	return ret;
}

void
tt_signature_patterns_fini(struct tt_signature_patterns *patterns)
{
	hs_free_database(patterns->db);
}

int
tt_signature_patterns_room(
		const struct tt_signature_patterns *patterns, struct hs_scratch **scratch)
{
	if (patterns->db == NULL)
		return 0;
	return hs_alloc_scratch(patterns->db, scratch) == HS_SUCCESS ? 0 : -ENOMEM;
}

void
tt_signature_patterns_leave(struct hs_scratch *scratch)
{
	hs_free_scratch(scratch);
}

/* A pass, for the library's callback. */
struct pass {
	const struct tt_signature_patterns *patterns;
	struct tt_signature_scratch *scratch;
	struct tt_signature_repeat *repeat;
};

static int
found(unsigned id, unsigned long long from, unsigned long long to, unsigned flags,
		void *context)
{
	struct pass *pass = context;
	const struct tt_signature_patterns *p = pass->patterns;
	const uint32_t first = p->first[id], n = p->first[id + 1] - first;

	for (uint32_t i = first; i < first + n; i++)
		tt_signature_mark(pass->scratch, p->ranks[i]);
	if (pass->repeat != NULL
			&& !tt_signature_repeat_add(pass->repeat, p->ranks + first, n))
		pass->repeat = NULL;
	return 0;
}

void
tt_signature_patterns_scan(const struct tt_signature_patterns *patterns,
		struct tt_signature_scratch *scratch, struct tt_signature_bytes b,
		struct tt_signature_repeat *repeat)
{
	struct pass pass = {patterns, scratch, repeat};

	TT_ASSERT(hs_scan(patterns->db, (const char *)b.at, b.n, 0, scratch->hs, found,
				  &pass)
			== HS_SUCCESS);
}
