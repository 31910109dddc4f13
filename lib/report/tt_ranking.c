/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_ranking.h"
#include "tt_hash.h"

#include <errno.h>
#include <string.h>

void
tt_ranking_init(struct tt_ranking *ranking, const enum tt_class *class)
{
	*ranking = (struct tt_ranking){0};
	tt_ranking_span_init(&ranking->over);
	if (class != NULL) {
		ranking->one_class = true;
		ranking->class = *class;
	}
}

void
tt_ranking_fini(struct tt_ranking *ranking)
{
	free(ranking->ranks);
	free(ranking->slots);
	tt_ranking_span_fini(&ranking->over);
	tt_target_sources_fini(&ranking->sources);
	*ranking = (struct tt_ranking){0};
}

static size_t
slot_of(const struct tt_ranking *r, uint8_t protocol, int32_t target)
{
	size_t mask = r->n_slots - 1;
	size_t at = tt_hash_mix((uint64_t)protocol << 32 | (uint32_t)target) & mask;

	while (r->slots[at] != 0) {
		const struct tt_rank *rank = &r->ranks[r->slots[at] - 1];

		if (rank->protocol == protocol && rank->target == target)
			break;
		at = (at + 1) & mask;
	}
	return at;
}

/* Doubles the room; the slots stay at most half full. */
static int
grow(struct tt_ranking *r)
{
	size_t room = r->room == 0 ? 256 : r->room * 2;
	struct tt_rank *ranks = reallocarray(r->ranks, room, sizeof(*ranks));
	uint32_t *slots;

	if (ranks == NULL)
		return -ENOMEM;
	r->ranks = ranks;
	slots = calloc(room * 2, sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	free(r->slots);
	r->slots = slots;
	r->n_slots = room * 2;
	r->room = room;
	for (size_t i = 0; i < r->n_ranks; i++)
		slots[slot_of(r, ranks[i].protocol, ranks[i].target)] = (uint32_t)i + 1;
	return 0;
}

static struct tt_rank *
find(struct tt_ranking *r, uint8_t protocol, int32_t target)
{
	size_t at;

	if (r->n_ranks == r->room && grow(r) != 0)
		return NULL;
	at = slot_of(r, protocol, target);
	if (r->slots[at] == 0) {
		r->ranks[r->n_ranks++] = (struct tt_rank){
				.protocol = protocol, .target = target};
		r->slots[at] = (uint32_t)r->n_ranks;
	}
	return &r->ranks[r->slots[at] - 1];
}

/*
 * The target whose rows are being read: they come together, ordered by code, class, backscatter,
 * country. A source has one country, so within the first three (a group) countries add up; and
 * uniq_src_ip_target adds up over all rows of the target, but not over those of one class if
 * there are others.
 */
struct target_sum {
	uint8_t protocol;
	int32_t target;
	size_t rank; /* index + 1; 0: no row of the class yet */
	bool others; /* it has rows of other classes */
	int64_t code, backscatter; /* of the group */
	uint64_t groups, group, most; /* sources of the group, and of the greatest one */
	uint64_t first; /* sum of uniq_src_ip_target */
	uint64_t packets;
};

/* Enters the sources of the target that was read. one_in: the snapshot's sources_one_in. */
static void
end_target(struct tt_ranking *r, const struct target_sum *s, uint64_t one_in)
{
	struct tt_target_source_count count;
	uint64_t uniq = s->first;
	struct tt_rank *rank;

	if (s->rank == 0)
		return;
	if (s->others && s->groups == 1)
		uniq = s->group;
	else if (s->others && s->most > uniq)
		uniq = s->most;
	rank = &r->ranks[s->rank - 1];
	count = tt_target_sources_of(
			&r->sources, s->protocol, s->target, uniq, one_in, s->packets);
	rank->at_least = rank->at_least || (s->others && s->groups > 1);
	rank->estimated = rank->estimated || count.estimated;
	if (count.n > rank->max_uniq_src_ip)
		rank->max_uniq_src_ip = count.n;
}

static void
count_sources(struct target_sum *s, const struct tt_parquet_reader *row)
{
	int64_t code = tt_parquet_get_int(row, TT_TARGETS_CODE);
	int64_t backscatter = tt_parquet_get_int(row, TT_TARGETS_BACKSCATTER);

	if (s->groups == 0 || s->code != code || s->backscatter != backscatter) {
		s->groups++;
		s->code = code;
		s->backscatter = backscatter;
		s->group = 0;
	}
	s->group += (uint64_t)tt_parquet_get_int(row, TT_TARGETS_UNIQ_SRC_IP);
	s->first += (uint64_t)tt_parquet_get_int(row, TT_TARGETS_UNIQ_SRC_IP_TARGET);
	if (s->group > s->most)
		s->most = s->group;
}

static int
check_row(const struct tt_parquet_reader *row, const char *path, struct tt_error *err)
{
	const char *protocol_name = tt_parquet_get_text(row, TT_TARGETS_PROTOCOL);
	uint8_t protocol;

	if (tt_protocol_parse(protocol_name, &protocol) != 0)
		return tt_error_set(err, -EBADMSG, path, "targets: \"%s\" is no protocol",
				protocol_name);
	if (tt_parquet_get_int(row, TT_TARGETS_PACKETS) < 0
			|| tt_parquet_get_int(row, TT_TARGETS_BYTES) < 0)
		return tt_error_set(err, -EBADMSG, path, "targets: a negative count");
	return 0;
}

/* Counts the row's packets and bytes. */
static int
add_packets(struct tt_ranking *r, const struct tt_parquet_reader *row,
		struct target_sum *sum, const char *path, struct tt_error *err)
{
	uint64_t packets = (uint64_t)tt_parquet_get_int(row, TT_TARGETS_PACKETS);
	uint64_t bytes = (uint64_t)tt_parquet_get_int(row, TT_TARGETS_BYTES);
	struct tt_rank *rank = find(r, sum->protocol, sum->target);

	if (rank == NULL)
		return tt_error_set(err, -ENOMEM, path, "out of memory");
	sum->rank = (size_t)(rank - r->ranks) + 1;
	sum->packets += packets;
	rank->packets += packets;
	rank->bytes += bytes;
	r->packets += packets;
	r->bytes += bytes;
	return 0;
}

static int
add_row(struct tt_ranking *r, const struct tt_parquet_reader *row, struct target_sum *sum,
		const struct tt_snapshot *snapshot, struct tt_error *err)
{
	const char *path = snapshot->path;
	const char *class = tt_parquet_get_text(row, TT_TARGETS_CLASS);
	int32_t target = (int32_t)tt_parquet_get_int(row, TT_TARGETS_TARGET);
	uint8_t protocol;
	int ret;

	/* The first pass has parsed it. */
	if (tt_protocol_parse(tt_parquet_get_text(row, TT_TARGETS_PROTOCOL), &protocol)
			!= 0)
		return tt_error_set(err, -EBADMSG, path, "targets: no protocol");
	if (protocol != sum->protocol || target != sum->target) {
		end_target(r, sum, (uint64_t)snapshot->manifest.sources_one_in);
		*sum = (struct target_sum){.protocol = protocol, .target = target};
	}
	if (r->one_class && strcmp(class, tt_class_name(r->class)) != 0) {
		sum->others = true;
		return 0;
	}
	ret = add_packets(r, row, sum, path, err);
	if (ret == 0)
		count_sources(sum, row);
	return ret;
}

/* One pass over the table: without a ranking, only to see that it can be read to its end. */
static int
pass(struct tt_ranking *ranking, const struct tt_snapshot *snapshot, struct tt_error *err)
{
	struct tt_parquet_reader *reader;
	struct target_sum sum = {0};
	int ret = tt_snapshot_table(snapshot, TT_TABLE_TARGETS, &reader, err);
	int more;

	if (ret != 0)
		return ret;
	while (ret == 0 && (more = tt_parquet_next(reader, err)) != 0) {
		if (more < 0)
			ret = more;
		else if (ranking == NULL)
			ret = check_row(reader, snapshot->path, err);
		else
			ret = add_row(ranking, reader, &sum, snapshot, err);
	}
	if (ranking != NULL)
		end_target(ranking, &sum, (uint64_t)snapshot->manifest.sources_one_in);
	tt_parquet_close(reader);
	return ret;
}

/* A row of ipv6_targets, or only a look at it. A target that has none of the class in targets, has none. */
static int
add_ipv6_row(struct tt_ranking *r, const struct tt_parquet_reader *row, const char *path,
		struct tt_error *err)
{
	int64_t packets = tt_parquet_get_int(row, TT_IPV6_TARGETS_PACKETS);
	int64_t bytes = tt_parquet_get_int(row, TT_IPV6_TARGETS_BYTES);
	const char *name = tt_parquet_get_text(row, TT_IPV6_TARGETS_PROTOCOL);
	const char *class = tt_parquet_get_text(row, TT_IPV6_TARGETS_CLASS);
	struct tt_rank *rank;
	uint8_t protocol;

	if (packets < 0 || bytes < 0
			|| (*name != '\0' && tt_protocol_parse(name, &protocol) != 0))
		return tt_error_set(err, -EBADMSG, path,
				"ipv6_targets: a value that cannot be");
	if (r == NULL)
		return 0;
	if (*name == '\0') {
		r->over.address_time.untold = true;
		return 0;
	}
	if (r->one_class && strcmp(class, tt_class_name(r->class)) != 0)
		return 0;
	rank = find(r, protocol,
			(int32_t)tt_parquet_get_int(row, TT_IPV6_TARGETS_TARGET));
	if (rank == NULL)
		return tt_error_set(err, -ENOMEM, path, "out of memory");
	rank->ipv6_packets += (uint64_t)packets;
	rank->ipv6_bytes += (uint64_t)bytes;
	return 0;
}

/* One pass over ipv6_targets, as pass. */
static int
pass_ipv6(struct tt_ranking *ranking, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	struct tt_parquet_reader *reader;
	int ret, more = 0;

	if (!tt_manifest_tells_ipv6(&snapshot->manifest))
		return 0;
	ret = tt_snapshot_table(snapshot, TT_TABLE_IPV6_TARGETS, &reader, err);
	if (ret != 0)
		return ret;
	while (ret == 0 && (more = tt_parquet_next(reader, err)) > 0)
		ret = add_ipv6_row(ranking, reader, snapshot->path, err);
	tt_parquet_close(reader);
	return ret != 0 ? ret : more;
}

int
tt_ranking_add(struct tt_ranking *ranking, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	struct tt_observed observed = {0};
	int ret = pass(NULL, snapshot, err);

	if (ret == 0)
		ret = pass_ipv6(NULL, snapshot, err);
	if (ret == 0 && snapshot->manifest.sources_one_in > 1)
		ret = tt_target_sources_read(&ranking->sources, snapshot,
				ranking->one_class ? &ranking->class : NULL, err);
	if (ret == 0)
		ret = tt_snapshot_observed(snapshot, &observed, err);
	if (ret != 0)
		return ret;
	ret = tt_ranking_span_note(&ranking->over, snapshot, err);
	if (ret == 0)
		ret = pass(ranking, snapshot, err);
	if (ret == 0)
		ret = pass_ipv6(ranking, snapshot, err);
	if (ret == 0)
		tt_ranking_span_add(&ranking->over, &snapshot->manifest, observed.us);
	return ret;
}

static int
rank_cmp(const void *a, const void *b)
{
	const struct tt_rank *x = a, *y = b;

	if (x->packets != y->packets)
		return x->packets > y->packets ? -1 : 1;
	if (x->protocol != y->protocol)
		return x->protocol < y->protocol ? -1 : 1;
	return x->target < y->target ? -1 : x->target > y->target;
}

void
tt_ranking_sort(struct tt_ranking *ranking)
{
	if (ranking->ip_version != 0)
		tt_ranking_choose_version(ranking);
	if (ranking->n_ranks > 1)
		qsort(ranking->ranks, ranking->n_ranks, sizeof(ranking->ranks[0]),
				rank_cmp);
	free(ranking->slots);
	ranking->slots = NULL;
	ranking->n_slots = 0;
}
