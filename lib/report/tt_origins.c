/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_origins.h"
#include "tt_pick.h"

#include <errno.h>
#include <math.h>

void
tt_origins_init(struct tt_origins *origins, enum tt_origins_by by)
{
	*origins = (struct tt_origins){.by = by, .seed = tt_hash_draw()};
	tt_ranking_span_init(&origins->over);
}

void
tt_origins_fini(struct tt_origins *origins)
{
	free(origins->all);
	free(origins->slots);
	free(origins->touched);
	tt_ranking_span_fini(&origins->over);
	*origins = (struct tt_origins){0};
}

static size_t
slot_of(const struct tt_origins *o, uint32_t key)
{
	size_t mask = o->n_slots - 1, at = tt_hash_place(key, 0, &o->seed) & mask;

	while (o->slots[at] != 0 && o->all[o->slots[at] - 1].key != key)
		at = (at + 1) & mask;
	return at;
}

/* Doubles the room; the slots stay at most half full. */
static int
grow(struct tt_origins *o)
{
	size_t room = o->room == 0 ? 256 : o->room * 2;
	struct tt_origin *all = reallocarray(o->all, room, sizeof(*all));
	uint32_t *touched, *slots;

	if (all == NULL)
		return -ENOMEM;
	o->all = all;
	touched = reallocarray(o->touched, room, sizeof(*touched));
	if (touched == NULL)
		return -ENOMEM;
	o->touched = touched;
	slots = calloc(room * 2, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	free(o->slots);
	o->slots = slots;
	o->n_slots = room * 2;
	o->room = room;
	for (size_t i = 0; i < o->n; i++)
		slots[slot_of(o, all[i].key)] = (uint32_t)i + 1;
	return 0;
}

/* What the snapshot has of a key. NULL: memory is short. */
static struct tt_origin_here *
here_of(struct tt_origins *o, uint32_t key)
{
	struct tt_origin *origin;
	size_t at;

	if (o->n == o->room && grow(o) != 0)
		return NULL;
	at = slot_of(o, key);
	if (o->slots[at] == 0) {
		o->all[o->n++] = (struct tt_origin){.key = key};
		o->slots[at] = (uint32_t)o->n;
	}
	origin = &o->all[o->slots[at] - 1];
	if (!origin->here.touched) {
		origin->here = (struct tt_origin_here){.touched = true};
		o->touched[o->n_touched++] = o->slots[at] - 1;
	}
	return &origin->here;
}

struct reading {
	struct tt_origins *origins;
	const char *path;
	uint64_t one_in;
};

static int
cannot_be(const struct reading *r, const char *table, struct tt_error *err)
{
	return tt_error_set(err, -EBADMSG, r->path, "%s: a value that cannot be", table);
}

static int
no_memory(const struct reading *r, struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, r->path, "out of memory");
}

static int
take_country(void *context, const struct tt_picked *row, struct tt_error *err)
{
	struct reading *r = context;
	struct tt_origins *o = r->origins;
	int64_t packets = tt_picked_int(row, TT_COUNTRIES_PACKETS);
	int64_t bytes = tt_picked_int(row, TT_COUNTRIES_BYTES);
	int64_t uniq = tt_picked_int(row, TT_COUNTRIES_UNIQ_SRC_IP);
	int64_t first = tt_picked_int(row, TT_COUNTRIES_UNIQ_SRC_IP_COUNTRY);
	struct tt_origin_here *here;

	if (packets < 0 || bytes < 0 || uniq < 0 || first < 0)
		return cannot_be(r, "countries", err);
	if (o->one_class
			&& strcmp(tt_picked_text(row, TT_COUNTRIES_CLASS),
					   tt_class_name(o->class))
					!= 0)
		return 0;
	here = here_of(o, tt_country_parse(tt_picked_text(row, TT_COUNTRIES_COUNTRY)));
	if (here == NULL)
		return no_memory(r, err);
	here->packets += (uint64_t)packets;
	here->bytes += (uint64_t)bytes;
	here->groups++;
	here->most = uniq > (int64_t)here->most ? (uint64_t)uniq : here->most;
	here->sources += (uint64_t)first;
	return 0;
}

static int
take_source(void *context, const struct tt_picked *row, struct tt_error *err)
{
	struct reading *r = context;
	struct tt_origins *o = r->origins;
	int64_t packets = tt_picked_int(row, TT_SOURCES_PACKETS);
	int64_t bytes = tt_picked_int(row, TT_SOURCES_BYTES);
	int64_t asn = tt_picked_int(row, TT_SOURCES_ASN);
	bool is_ipv6 = strchr(tt_picked_text(row, TT_SOURCES_SRC_IP), ':') != NULL;
	struct tt_origin_here *here;
	uint64_t p, b;

	if (packets < 0 || bytes < 0 || asn < 0 || asn > UINT32_MAX
			|| __builtin_mul_overflow((uint64_t)packets, r->one_in, &p)
			|| __builtin_mul_overflow((uint64_t)bytes, r->one_in, &b))
		return cannot_be(r, "sources", err);
	if (o->ip_version != 0 && is_ipv6 != (o->ip_version == 6))
		return 0;
	here = here_of(o, (uint32_t)asn);
	if (here == NULL)
		return no_memory(r, err);
	here->packets += p;
	here->bytes += b;
	here->ipv6_packets += is_ipv6 ? p : 0;
	here->sources += r->one_in;
	here->squares += (double)p * (double)(p - (uint64_t)packets);
	return 0;
}

static int
read_table(struct reading *r, const struct tt_snapshot *snapshot, struct tt_error *err)
{
	static const unsigned of_countries[] = {TT_COUNTRIES_COUNTRY, TT_COUNTRIES_CLASS,
			TT_COUNTRIES_PACKETS, TT_COUNTRIES_BYTES,
			TT_COUNTRIES_UNIQ_SRC_IP, TT_COUNTRIES_UNIQ_SRC_IP_COUNTRY};
	static const unsigned of_sources[] = {TT_SOURCES_SRC_IP, TT_SOURCES_ASN,
			TT_SOURCES_PACKETS, TT_SOURCES_BYTES};
	const bool countries = r->origins->by == TT_ORIGINS_COUNTRIES;
	const struct tt_pick pick = {
			.table = countries ? TT_TABLE_COUNTRIES : TT_TABLE_SOURCES,
			.columns = countries ? of_countries : of_sources,
			.n_columns = countries ? TT_ARRAY_SIZE(of_countries)
					       : TT_ARRAY_SIZE(of_sources),
			.take = countries ? take_country : take_source,
			.context = r};

	return tt_pick_rows(snapshot, &pick, err);
}

/* Adds what the snapshot has to the sums. */
static void
commit(struct tt_origins *o, struct tt_origin *origin, bool sampled)
{
	const struct tt_origin_here *here = &origin->here;
	uint64_t uniq = here->sources;

	if (o->one_class && here->groups > 1) {
		origin->at_least = true;
		uniq = here->most > uniq ? here->most : uniq;
	} else if (o->one_class) {
		uniq = here->most;
	}
	/* Of few sources the sample may have none, and of others stand for more than there are packets. */
	if (sampled && uniq > here->packets)
		uniq = here->packets;
	if (sampled && uniq == 0 && here->packets > 0)
		uniq = 1;
	origin->estimated = origin->estimated || sampled;
	origin->packets += here->packets;
	origin->bytes += here->bytes;
	origin->ipv6_packets += here->ipv6_packets;
	origin->packets_stderr += sqrt(here->squares);
	if (uniq > origin->max_uniq_src_ip)
		origin->max_uniq_src_ip = uniq;
	o->packets += here->packets;
	o->ipv6_packets += here->ipv6_packets;
}

static void
note_version(struct tt_origins *o, const struct tt_manifest *m)
{
	o->ipv6_untold = o->ipv6_untold
			|| (o->by == TT_ORIGINS_COUNTRIES && m->ipv6_packets != 0);
}

int
tt_origins_add(struct tt_origins *o, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	const struct tt_manifest *m = &snapshot->manifest;
	struct reading r = {.origins = o,
			.path = snapshot->path,
			.one_in = m->sources_one_in > 1 ? (uint64_t)m->sources_one_in
							: 1};
	struct tt_observed observed = {0};
	int ret = tt_snapshot_observed(snapshot, &observed, err);

	if (ret == 0)
		ret = tt_ranking_span_note(&o->over, snapshot, err);
	if (ret == 0)
		ret = read_table(&r, snapshot, err);
	for (size_t i = 0; i < o->n_touched; i++) {
		struct tt_origin *origin = &o->all[o->touched[i]];

		if (ret == 0)
			commit(o, origin, r.one_in > 1);
		origin->here.touched = false;
	}
	o->n_touched = 0;
	if (ret != 0)
		return ret;
	note_version(o, m);
	tt_ranking_span_add(&o->over, m, observed.us);
	return 0;
}

static int
compare(const void *a, const void *b)
{
	const struct tt_origin *x = a, *y = b;

	if (x->packets != y->packets)
		return x->packets > y->packets ? -1 : 1;
	return x->key < y->key ? -1 : x->key > y->key;
}

void
tt_origins_sort(struct tt_origins *o)
{
	size_t n = 0;

	/* A damaged snapshot may have left some without any. */
	for (size_t i = 0; i < o->n; i++)
		if (o->all[i].packets > 0)
			o->all[n++] = o->all[i];
	o->n = n;
	if (n > 1)
		qsort(o->all, n, sizeof(o->all[0]), compare);
	free(o->slots);
	o->slots = NULL;
	o->n_slots = 0;
}

bool
tt_origins_tell_rates(const struct tt_origins *origins)
{
	return !origins->ipv6_untold || !tt_version_is_ipv4(&origins->over.address_time);
}

double
tt_origins_rate(const struct tt_origins *o, const struct tt_origin *origin)
{
	uint64_t packets = origin->packets;

	if (o->ip_version == 0 && tt_version_is_ipv4(&o->over.address_time))
		packets -= origin->ipv6_packets;
	return tt_address_rate(packets, tt_ranking_span_time(&o->over, o->ip_version));
}
