/* SPDX-License-Identifier: BSD-3-Clause */
/* The values that rows of several tables have. */
#include "tt_verify.h"

#include <errno.h>
#include <string.h>

int
tt_check_wrong(const struct tt_check *t, const char *what)
{
	return tt_error_set(t->err, -EBADMSG, t->path, "row %lld: %s", (long long)t->row,
			what);
}

int
tt_check_add(const struct tt_check *t, int64_t *sum, unsigned column)
{
	int64_t value = tt_check_int(t, column);

	if (value < 0 || __builtin_add_overflow(*sum, value, sum))
		return tt_check_wrong(t, "a count that cannot be");
	return 0;
}

int
tt_check_flag(const struct tt_check *t, unsigned column, bool *flag)
{
	int64_t value = tt_check_int(t, column);

	*flag = value == 1;
	return value == 0 || value == 1
			? 0
			: tt_check_wrong(t, "a flag that is neither 0 nor 1");
}

/* Without a dictionary, each row has a text of its own, often the one of the row before. */
static bool
is_as_before(const struct tt_check *t, unsigned column, const struct tt_check_word *w)
{
	const struct tt_parquet_values *values = &t->batch.columns[column];
	uint32_t code = values->codes[t->at];

	return !w->known && code > 0 && w[-1].known
			&& strcmp(values->texts[code - 1], values->texts[code]) == 0;
}

int
tt_check_addr(const struct tt_check *t, unsigned column, struct tt_addr *addr)
{
	struct tt_check_word *w = tt_check_word(t, column);
	const char *text = tt_check_text(t, column);
	char again[TT_ADDR_TEXT_MAX];

	if (is_as_before(t, column, w))
		*w = w[-1];
	if (TT_LIKELY(w->known)) {
		*addr = w->addr;
		return 0;
	}
	/* IPv4 has no other text than the usual one. */
	if (tt_addr_parse(text, addr) != 0
			|| (strchr(text, ':') != NULL
					&& strcmp(tt_addr_format(*addr, again), text)
							!= 0))
		return tt_check_wrong(t, "an address that cannot be");
	*w = (struct tt_check_word){.addr = *addr, .known = true};
	return 0;
}

int
tt_check_country(const struct tt_check *t, unsigned column, bool rest, uint16_t *country)
{
	struct tt_check_word *w = tt_check_word(t, column);

	*country = (uint16_t)w->number;
	if (TT_LIKELY(w->known))
		return 0;
	if (tt_row_country_parse(tt_check_text(t, column), country) != 0
			|| (!rest && *country == TT_COUNTRY_REST))
		return tt_check_wrong(t, "a country that cannot be");
	*w = (struct tt_check_word){.number = *country, .known = true};
	return 0;
}

int
tt_check_class(const struct tt_check *t, unsigned column, enum tt_class *class)
{
	struct tt_check_word *w = tt_check_word(t, column);

	*class = (enum tt_class)w->number;
	if (TT_LIKELY(w->known))
		return 0;
	if (tt_class_parse(tt_check_text(t, column), class) != 0)
		return tt_check_wrong(t, "a class that cannot be");
	*w = (struct tt_check_word){.number = *class, .known = true};
	return 0;
}

static bool
is_icmp(uint8_t protocol)
{
	return protocol == TT_PROTO_ICMP || protocol == TT_PROTO_ICMPV6;
}

static bool
target_can_be(const struct tt_target *target, int64_t number)
{
	if (target->protocol == TT_PROTO_TCP || target->protocol == TT_PROTO_UDP)
		return number >= -1 && number <= UINT16_MAX;
	return number >= -1 && number <= (is_icmp(target->protocol) ? UINT8_MAX : -1);
}

/* The number of a protocol's name. Returns 0 or -EINVAL. */
static int
take_protocol(const struct tt_check *t, unsigned column, uint8_t *protocol)
{
	struct tt_check_word *w = tt_check_word(t, column);
	const char *text = tt_check_text(t, column);
	char again[16];

	*protocol = (uint8_t)w->number;
	if (TT_LIKELY(w->known))
		return 0;
	if (tt_protocol_parse(text, protocol) != 0
			|| strcmp(tt_protocol_name(*protocol, again), text) != 0)
		return -EINVAL;
	*w = (struct tt_check_word){.number = *protocol, .known = true};
	return 0;
}

int
tt_check_target(const struct tt_check *t, unsigned column, bool unknown,
		struct tt_target *target)
{
	int64_t number = tt_check_int(t, column + 1);

	*target = (struct tt_target){.number = -1};
	if (unknown && number == -1 && *tt_check_text(t, column) == '\0')
		return 0;
	if (take_protocol(t, column, &target->protocol) != 0
			|| !target_can_be(target, number))
		return tt_check_wrong(t, "a protocol and target that cannot be");
	target->number = (int32_t)number;
	return 0;
}

int
tt_check_class_fits(const struct tt_check *t, const struct tt_target *target,
		enum tt_class class)
{
	bool fits;

	if (target->number < 0)
		fits = class == TT_CLASS_OTHER;
	else if (target->protocol == TT_PROTO_TCP)
		fits = class <= TT_CLASS_TCP_OTHER;
	else if (target->protocol == TT_PROTO_UDP)
		fits = class == TT_CLASS_UDP;
	else
		fits = class >= TT_CLASS_ICMP_ECHO_REQUEST
				&& class <= TT_CLASS_ICMP_OTHER;
	return fits ? 0 : tt_check_wrong(t, "a class that its target cannot have");
}

static int
add_to(const struct tt_check *t, uint64_t *sum, uint64_t value)
{
	if (__builtin_add_overflow(*sum, value, sum) || *sum > INT64_MAX)
		return tt_check_wrong(t, "a count that cannot be");
	return 0;
}

static int
add_count(struct tt_check *t, enum tt_class class, const struct tt_count *count)
{
	struct tt_count *total = &t->sums->total[t->table];
	struct tt_count *of_class = &t->sums->by_class[t->table][class];
	int ret = add_to(t, &total->packets, count->packets);

	if (ret == 0)
		ret = add_to(t, &total->bytes, count->bytes);
	/* No class can overflow where the sum over all does not. */
	of_class->packets += count->packets;
	of_class->bytes += count->bytes;
	return ret;
}

int
tt_check_packets(struct tt_check *t, unsigned column, enum tt_class class,
		struct tt_count *count)
{
	int64_t packets = tt_check_int(t, column);

	*count = (struct tt_count){.packets = (uint64_t)packets};
	return packets < 1 ? tt_check_wrong(t, "a count that cannot be")
			   : add_count(t, class, count);
}

int
tt_check_count(struct tt_check *t, unsigned column, enum tt_class class,
		struct tt_count *count)
{
	int64_t packets = tt_check_int(t, column);
	int64_t bytes = tt_check_int(t, column + 1);

	*count = (struct tt_count){(uint64_t)packets, (uint64_t)bytes};
	return packets < 1 || bytes < 0 ? tt_check_wrong(t, "a count that cannot be")
					: add_count(t, class, count);
}

int
tt_check_error(const struct tt_check *t, unsigned column, unsigned error_column,
		int64_t one_in)
{
	uint64_t uniques = (uint64_t)tt_check_int(t, column);

	if (tt_check_int(t, error_column)
			!= (int64_t)tt_scaled_error(uniques, (uint64_t)one_in))
		return tt_check_wrong(t, "not the standard error of its count");
	return 0;
}

int
tt_check_uniques(const struct tt_check *t, unsigned column, unsigned error_column,
		int64_t one_in, uint64_t packets)
{
	int64_t uniques = tt_check_int(t, column);

	/* An estimate from a sample may well be greater than the packets. */
	if (uniques < 0 || uniques % one_in != 0
			|| (one_in == 1 && (uint64_t)uniques > packets))
		return tt_check_wrong(t, "unique counts that cannot be");
	return tt_check_error(t, column, error_column, one_in);
}

int
tt_check_times(const struct tt_check *t, unsigned column)
{
	if (tt_check_int(t, column) > tt_check_int(t, column + 1))
		return tt_check_wrong(t, "first_seen is after last_seen");
	return 0;
}

static int
find_rule(const struct tt_check *t, const char *id, size_t length, unsigned *rule)
{
	const struct tt_sums *s = t->sums;

	for (*rule = 0; *rule < s->n_rules; ++*rule) {
		if (strncmp(s->rules[*rule], id, length) == 0
				&& s->rules[*rule][length] == '\0')
			return 0;
	}
	return tt_check_wrong(t, "a fingerprint that fingerprint_rules does not have");
}

int
tt_check_rule(const struct tt_check *t, unsigned column, unsigned *rule)
{
	struct tt_check_word *w = tt_check_word(t, column);
	const char *id = tt_check_text(t, column);

	if (!t->sums->read[TT_TABLE_FINGERPRINT_RULES])
		return -ENOENT;
	*rule = (unsigned)w->number;
	if (TT_LIKELY(w->known))
		return 0;
	if (find_rule(t, id, strlen(id), rule) != 0)
		return -EBADMSG;
	*w = (struct tt_check_word){.number = *rule, .known = true};
	return 0;
}

int
tt_check_code(const struct tt_check *t, unsigned column, enum tt_class class,
		struct tt_target *target)
{
	int64_t code = tt_check_int(t, column);

	if (code < 0 || code > UINT8_MAX
			|| (code > 0
					&& (class < TT_CLASS_ICMP_ECHO_REQUEST
							|| class == TT_CLASS_OTHER)))
		return tt_check_wrong(t, "a code that its target cannot have");
	target->code = (uint8_t)code;
	return 0;
}

static int
parse_rules(const struct tt_check *t, const char *text, uint32_t *rules)
{
	*rules = 0;
	while (*text != '\0') {
		size_t length = strcspn(text, "+");
		unsigned rule;

		if (find_rule(t, text, length, &rule) != 0)
			return -EBADMSG;
		if (*rules >> rule != 0)
			return tt_check_wrong(t, "fingerprints that are not in order");
		*rules |= 1u << rule;
		text += length;
		if (*text == '+' && *++text == '\0')
			return tt_check_wrong(t, "fingerprints that end in a plus");
	}
	return 0;
}

int
tt_check_rules(const struct tt_check *t, unsigned column, uint32_t *rules)
{
	struct tt_check_word *w = tt_check_word(t, column);

	*rules = 0;
	if (!t->sums->read[TT_TABLE_FINGERPRINT_RULES])
		return *tt_check_text(t, column) == '\0' ? 0 : -ENOENT;
	*rules = (uint32_t)w->number;
	if (TT_LIKELY(w->known))
		return 0;
	if (parse_rules(t, tt_check_text(t, column), rules) != 0)
		return -EBADMSG;
	*w = (struct tt_check_word){.number = *rules, .known = true};
	return 0;
}

int
tt_check_order(struct tt_check *t, const uint64_t *key, unsigned n)
{
	unsigned i = 0;

	TT_ASSERT(n <= TT_CHECK_KEY_MAX);
	while (i < n && key[i] == t->before[i])
		i++;
	if (t->row > 1 && (i == n || key[i] < t->before[i]))
		return tt_check_wrong(t, "not in order, or a row that is there twice");
	memcpy(t->before, key, n * sizeof(*key));
	return 0;
}
