/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_compact_pack.h"
#include "tt_row_text.h"

#include <errno.h>
#include <string.h>

/* A code whose text was not looked at yet; a text that is packed to this is looked at again. */
#define NOT_YET UINT64_MAX

/* So many rows ahead, what their codes stand for is fetched. */
#define AHEAD 16

void
tt_compact_packer_fini(struct tt_compact_packer *p)
{
	for (unsigned i = 0; i <= TT_FIELDS_MAX; i++)
		free(p->codes[i].words);
}

void
tt_compact_packer_open(struct tt_compact_packer *p, const struct tt_snapshot *snapshot,
		const struct tt_layout *layout)
{
	p->layout = layout;
	p->row = 0;
	snprintf(p->path, sizeof(p->path), "%s/%s", snapshot->path,
			tt_schema_of(layout->table)->file);
	for (unsigned i = 0; i <= TT_FIELDS_MAX; i++)
		p->codes[i].text_id = 0;
}

int
tt_compact_bad_row(const struct tt_compact_packer *p, unsigned row, const char *column,
		const char *why, struct tt_error *err)
{
	return tt_error_set(err, -EBADMSG, p->path, "row %lld: %s %s",
			(long long)(p->row + row + 1), column, why);
}

static int
pack_address(const char *text, uint64_t words[2])
{
	struct tt_addr a = {0};

	if (TT_UNLIKELY(text[0] == '*' && text[1] == '\0'))
		a = (struct tt_addr){0};
	else if (tt_compact_addr_parse(text, &a) != 0)
		return -EINVAL;
	words[0] = a.hi;
	words[1] = a.lo;
	return 0;
}

/* The place of the rule whose id is text[length], or TT_FINGERPRINTS_MAX. */
static unsigned
find_rule(const struct tt_compact_rules *rules, const char *text, size_t length)
{
	for (unsigned i = 0; i < rules->n; i++)
		if (strncmp(rules->all[i].id, text, length) == 0
				&& rules->all[i].id[length] == '\0')
			return i;
	return TT_FINGERPRINTS_MAX;
}

static int
pack_rules(const struct tt_compact_rules *rules, const char *text, uint64_t *set)
{
	for (*set = 0; *text != '\0';) {
		size_t length = strcspn(text, "+");
		unsigned rule = find_rule(rules, text, length);

		if (rule == TT_FINGERPRINTS_MAX)
			return -EINVAL;
		*set |= UINT64_C(1) << rule;
		text += length;
		text += *text == '+';
	}
	return 0;
}

static int
pack_distribution(const char *text, uint64_t *number)
{
	for (*number = 0; *number < TT_N_DISTRIBUTIONS; ++*number)
		if (strcmp(text, tt_distribution_name((enum tt_distribution) * number))
				== 0)
			return 0;
	return -EINVAL;
}

static int
pack_class(const char *text, uint64_t *number)
{
	enum tt_class class;

	*number = 15; /* of rows that do not tell it apart */
	if (*text == '\0')
		return 0;
	if (tt_class_parse(text, &class) != 0)
		return -EINVAL;
	*number = class;
	return 0;
}

static int
pack_protocol(const char *text, uint64_t *number)
{
	uint8_t protocol = 0;
	int ret = *text == '\0' ? 0 : tt_protocol_parse(text, &protocol);

	*number = protocol;
	return ret;
}

static int
pack_country(const char *text, uint64_t *number)
{
	uint16_t country;
	int ret = tt_row_country_parse(text, &country);

	*number = country;
	return ret;
}

/* The number of a text; of an address, both. */
static int
pack_text(struct tt_compact_packer *p, const struct tt_field *f, const char *text,
		uint64_t words[2])
{
	uint32_t unit = 0;
	int ret;

	switch (f->order) {
	case TT_ORDER_ADDRESS:
		return pack_address(text, words);
	case TT_ORDER_COUNTRY:
		return pack_country(text, &words[0]);
	case TT_ORDER_CLASS:
		return pack_class(text, &words[0]);
	case TT_ORDER_PROTOCOL:
		return pack_protocol(text, &words[0]);
	case TT_ORDER_RULE:
		words[0] = find_rule(p->rules, text, strlen(text));
		return words[0] == TT_FINGERPRINTS_MAX ? -EINVAL : 0;
	case TT_ORDER_RULES:
		return pack_rules(p->rules, text, &words[0]);
	case TT_ORDER_DISTRIBUTION:
		return pack_distribution(text, &words[0]);
	case TT_ORDER_REST_LAST:
		words[0] = *text == '\0' || strcmp(text, "*") == 0;
		return 0;
	default:
		TT_ASSERT(f->order == TT_ORDER_UNIT);
		ret = tt_compact_unit_of(p->units, text, &unit);
		words[0] = unit;
		return ret;
	}
}

/* Makes room for the texts of a dictionary that was not seen before. */
static int
forget(struct tt_compact_codes *c, uint64_t text_id, uint32_t n)
{
	if (c->room < n) {
		free(c->words);
		c->words = malloc(n * sizeof(*c->words));
		c->room = c->words == NULL ? 0 : n;
		if (c->room == 0)
			return -ENOMEM;
	}
	memset(c->words, 0xff, n * sizeof(*c->words));
	c->text_id = text_id;
	return 0;
}

/* Rows of a choice are looked at one by one: which row is number i? */
static inline unsigned
row_of(const struct tt_compact_choice *choice, unsigned i)
{
	return choice->rows == NULL ? i : choice->rows[i];
}

static int
bad_text(const struct tt_compact_packer *p, const struct tt_field *f, unsigned row,
		const char *text, int ret, struct tt_error *err)
{
	char why[128];

	if (ret == -ENOMEM)
		return tt_error_set(err, ret, p->path, "out of memory");
	snprintf(why, sizeof(why), "\"%.64s\" cannot be", text);
	return tt_compact_bad_row(p, row,
			tt_schema_of(p->layout->table)->columns[f->column].name, why,
			err);
}

/* Looks at the texts of the chosen rows that were not looked at yet. */
static int
look_at_texts(struct tt_compact_packer *p, const struct tt_field *f,
		struct tt_compact_codes *c, const struct tt_parquet_values *from,
		const struct tt_compact_choice *choice, struct tt_error *err)
{
	for (unsigned i = 0; i < choice->n; i++) {
		uint32_t code = from->codes[row_of(choice, i)];
		int ret;

		if (i + AHEAD < choice->n)
			__builtin_prefetch(&c->words[from->codes[row_of(
					choice, i + AHEAD)]]);
		if (TT_LIKELY(c->words[code][0] != NOT_YET))
			continue;
		ret = pack_text(p, f, from->texts[code], c->words[code]);
		if (ret != 0)
			return bad_text(p, f, row_of(choice, i), from->texts[code], ret,
					err);
	}
	return 0;
}

/* Are all rows of the same text? In tables that are in order, most columns are mostly so. */
static bool
is_one_text(const struct tt_parquet_values *from, const struct tt_compact_choice *choice)
{
	uint32_t differs = 0;

	if (choice->rows != NULL || choice->n == 0)
		return false;
	for (unsigned i = 0; i < choice->n; i++)
		differs |= from->codes[i] ^ from->codes[0];
	return differs == 0;
}

/* Puts what the rows' texts stand for into their keys. */
static void
put_words(const struct tt_field *f, const struct tt_compact_codes *c,
		const struct tt_parquet_values *from,
		const struct tt_compact_choice *choice, struct tt_store_batch *to)
{
	bool address = f->order == TT_ORDER_ADDRESS;
	uint64_t *word = to->keys[f->word], *second = to->keys[f->word + address];

	for (unsigned i = 0; i < choice->n; i++) {
		const uint64_t *words = c->words[from->codes[row_of(choice, i)]];

		word[i] |= words[0] << f->shift;
		if (address)
			second[i] |= words[1];
	}
}

static int
pack_texts(struct tt_compact_packer *p, unsigned field,
		const struct tt_parquet_values *from,
		const struct tt_compact_choice *choice, struct tt_store_batch *to,
		struct tt_error *err)
{
	const struct tt_field *f = &p->layout->fields[field];
	struct tt_compact_codes *c = &p->codes[field];
	const struct tt_compact_choice first = {NULL, 1};
	bool one = is_one_text(from, choice);
	int ret;

	if (c->text_id != from->text_id && forget(c, from->text_id, from->n_texts) != 0)
		return tt_error_set(err, -ENOMEM, p->path, "out of memory");
	ret = look_at_texts(p, f, c, from, one ? &first : choice, err);
	if (ret != 0)
		return ret;
	if (!one || f->order == TT_ORDER_ADDRESS) {
		put_words(f, c, from, choice, to);
		return 0;
	}
	for (unsigned i = 0; i < choice->n; i++)
		to->keys[f->word][i] |= c->words[from->codes[0]][0] << f->shift;
	return 0;
}

static int
pack_ints(struct tt_compact_packer *p, const struct tt_field *f,
		const struct tt_parquet_values *from,
		const struct tt_compact_choice *choice, struct tt_store_batch *to,
		struct tt_error *err)
{
	bool rest = f->order == TT_ORDER_REST_LAST;
	uint64_t *word = to->keys[f->word], beyond = 0;

	for (unsigned i = 0; i < choice->n; i++) {
		int64_t value = from->ints[row_of(choice, i)];
		uint64_t number = rest ? value == -1 : (uint64_t)value + TT_FIELD_BIAS;

		beyond |= number >> f->bits;
		word[i] |= number << f->shift;
	}
	if (TT_LIKELY(beyond == 0))
		return 0;
	for (unsigned i = 0;; i++) {
		unsigned row = row_of(choice, i);

		if (((uint64_t)from->ints[row] + TT_FIELD_BIAS) >> f->bits != 0)
			return tt_compact_bad_row(p, row,
					tt_schema_of(p->layout->table)
							->columns[f->column]
							.name,
					"is out of range", err);
	}
}

int
tt_compact_pack_country(struct tt_compact_packer *p, const struct tt_parquet_values *from,
		unsigned row, uint16_t *country)
{
	struct tt_compact_codes *c = &p->codes[TT_FIELDS_MAX];
	uint64_t *word;

	if (c->text_id != from->text_id && forget(c, from->text_id, from->n_texts) != 0)
		return -ENOMEM;
	word = c->words[from->codes[row]];
	if (*word == NOT_YET && pack_country(from->texts[from->codes[row]], word) != 0) {
		*word = NOT_YET;
		return -EINVAL;
	}
	*country = (uint16_t)*word;
	return 0;
}

int
tt_compact_pack_field(struct tt_compact_packer *p, unsigned field,
		const struct tt_parquet_batch *batch,
		const struct tt_compact_choice *choice, struct tt_store_batch *to,
		struct tt_error *err)
{
	const struct tt_field *f = &p->layout->fields[field];
	const struct tt_parquet_values *from = &batch->columns[f->column];

	if (f->type == TT_COLUMN_TEXT)
		return pack_texts(p, field, from, choice, to, err);
	return pack_ints(p, f, from, choice, to, err);
}

/* Counts are never negative, and what is summed up stays far from the end of its type. */
static int
copy_values(const struct tt_compact_packer *p, const struct tt_value *v, unsigned number,
		const struct tt_parquet_batch *batch,
		const struct tt_compact_choice *choice, struct tt_store_batch *to,
		struct tt_error *err)
{
	const int64_t *from = batch->columns[v->column].ints;
	int64_t *values = to->values[number];
	int64_t any = 0;

	for (unsigned i = 0; i < choice->n; i++) {
		values[i] = from[row_of(choice, i)];
		any |= values[i];
	}
	for (unsigned i = 0; TT_UNLIKELY(any < 0) && i < choice->n; i++)
		if (values[i] < 0)
			return tt_compact_bad_row(p, row_of(choice, i),
					tt_schema_of(p->layout->table)
							->columns[v->column]
							.name,
					"is negative", err);
	return 0;
}

int
tt_compact_pack(struct tt_compact_packer *p, const struct tt_parquet_batch *batch,
		const struct tt_compact_choice *choice, struct tt_store_batch *to,
		struct tt_error *err)
{
	const struct tt_layout *l = p->layout;
	int ret = 0;

	to->n = choice->n;
	for (unsigned i = 0; i < l->n_keys; i++)
		memset(to->keys[i], 0, choice->n * sizeof(to->keys[i][0]));
	for (unsigned i = 0; ret == 0 && i < l->n_fields; i++)
		ret = tt_compact_pack_field(p, i, batch, choice, to, err);
	for (unsigned i = 0; ret == 0 && i < l->n_values; i++)
		ret = copy_values(p, &l->values[i], i, batch, choice, to, err);
	return ret;
}
