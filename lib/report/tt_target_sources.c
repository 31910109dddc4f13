/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_target_sources.h"
#include "tt_merge.h"
#include "tt_row_text.h"
#include "tt_sketch.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* A snapshot that is being read. */
struct reading {
	struct tt_target_sources *to;
	const struct tt_snapshot *snapshot;
	const enum tt_class *class;
	/* Of the target whose talkers come, which may come again in another class. */
	struct tt_target_name name;
	struct tt_addr *addrs; /* [n], of [room] */
	size_t n, room;
	bool any, others;
	/* Of the key whose registers come. */
	char key[TT_SKETCH_KEY_MAX];
	bool is_target;
	uint8_t registers[1 << TT_SKETCH_P_TARGET];
};

void
tt_target_sources_fini(struct tt_target_sources *x)
{
	tt_target_set_fini(&x->set);
	free(x->all);
	*x = (struct tt_target_sources){0};
}

static int
no_memory(const struct reading *r, struct tt_error *err)
{
	return tt_error_set(err, -ENOMEM, r->snapshot->path, "out of memory");
}

/* What is known of a target, made if need be; NULL where memory is short. */
static struct tt_target_known *
know(struct tt_target_sources *x, uint8_t protocol, int32_t target)
{
	size_t n = x->set.n;
	uint32_t i = tt_target_set_add(&x->set, protocol, target);

	if (i == TT_TARGET_NONE)
		return NULL;
	if (x->room < x->set.room) {
		struct tt_target_known *more = reallocarray(
				x->all, x->set.room, sizeof(*more));

		if (more == NULL)
			return NULL;
		x->all = more;
		x->room = x->set.room;
	}
	if (x->set.n > n)
		x->all[i] = (struct tt_target_known){0};
	return &x->all[i];
}

static int
compare_addrs(const void *a, const void *b)
{
	return tt_addr_cmp(*(const struct tt_addr *)a, *(const struct tt_addr *)b);
}

/* Enters the talkers of the target that was read; a source has a row in each class. */
static int
end_talkers(struct reading *r, struct tt_error *err)
{
	struct tt_target_known *known;

	if (!r->any)
		return 0;
	known = know(r->to, r->name.protocol, r->name.target);
	if (known == NULL)
		return no_memory(r, err);
	if (r->n > 1)
		qsort(r->addrs, r->n, sizeof(*r->addrs), compare_addrs);
	known->any_talker = true;
	known->others = r->others;
	known->talkers = 0;
	for (size_t i = 0; i < r->n; i++)
		known->talkers += i == 0
				|| tt_addr_cmp(r->addrs[i - 1], r->addrs[i]) != 0;
	r->n = 0;
	r->any = r->others = false;
	return 0;
}

static int
note_talker(struct reading *r, const char *text, struct tt_error *err)
{
	struct tt_addr *more;

	r->any = true;
	if (strcmp(text, "*") == 0) {
		r->others = true;
		return 0;
	}
	if (r->n == r->room) {
		r->room = r->room == 0 ? 256 : 2 * r->room;
		more = reallocarray(r->addrs, r->room, sizeof(*more));
		if (more == NULL)
			return no_memory(r, err);
		r->addrs = more;
	}
	if (tt_addr_parse(text, &r->addrs[r->n++]) != 0)
		return tt_error_set(err, -EBADMSG, r->snapshot->path,
				"talkers: \"%s\" is no address", text);
	return 0;
}

static int
take_talker(void *context, const struct tt_picked *row, struct tt_error *err)
{
	struct reading *r = context;
	int ret = 0;

	if (row->name.protocol != r->name.protocol || row->name.target != r->name.target)
		ret = end_talkers(r, err);
	r->name = row->name;
	if (ret != 0
			|| (r->class != NULL
					&& strcmp(tt_picked_text(row, TT_TALKERS_CLASS),
							   tt_class_name(*r->class))
							!= 0))
		return ret;
	return note_talker(r, tt_picked_text(row, TT_TALKERS_SRC_IP), err);
}

/* Enters the sketch of the target that was read. */
static int
end_sketch(struct reading *r, struct tt_error *err)
{
	struct tt_target_known *known;
	struct tt_target target;

	if (!r->is_target)
		return 0;
	r->is_target = false;
	if (tt_target_parse(r->key
					    + strlen(tt_row_sketch_prefix(
							    TT_SKETCH_SOURCES_TARGET)),
			    &target)
			!= 0)
		return tt_error_set(err, -EBADMSG, r->snapshot->path,
				"sketches: a key that cannot be: %s", r->key);
	known = know(r->to, target.protocol, target.number);
	if (known == NULL)
		return no_memory(r, err);
	known->sketch = tt_sketch_estimate(r->registers, TT_SKETCH_P_TARGET);
	known->sketch_error = known->sketch * tt_sketch_error(TT_SKETCH_P_TARGET);
	memset(r->registers, 0, sizeof(r->registers));
	return 0;
}

static int
take_register(void *context, const struct tt_picked *row, struct tt_error *err)
{
	const char *prefix = tt_row_sketch_prefix(TT_SKETCH_SOURCES_TARGET);
	const char *key = tt_picked_text(row, TT_SKETCHES_KEY);
	int64_t number = tt_picked_int(row, TT_SKETCHES_REGISTER);
	int64_t rho = tt_picked_int(row, TT_SKETCHES_RHO);
	struct reading *r = context;
	int ret = 0;

	if (strcmp(key, r->key) != 0) {
		ret = end_sketch(r, err);
		snprintf(r->key, sizeof(r->key), "%s", key);
		r->is_target = strncmp(key, prefix, strlen(prefix)) == 0;
	}
	if (ret != 0 || !r->is_target)
		return ret;
	if (tt_picked_int(row, TT_SKETCHES_PRECISION) != TT_SKETCH_P_TARGET || number < 0
			|| number >> TT_SKETCH_P_TARGET != 0 || rho < 1
			|| rho > 64 - TT_SKETCH_P_TARGET + 1)
		return tt_error_set(err, -EBADMSG, r->snapshot->path,
				"sketches: a register that cannot be, of %s", key);
	r->registers[number] = (uint8_t)rho;
	return 0;
}

static int
read_tables(struct reading *r, struct tt_error *err)
{
	static const unsigned talkers[] = {TT_TALKERS_CLASS, TT_TALKERS_SRC_IP};
	static const unsigned sketches[] = {TT_SKETCHES_KEY, TT_SKETCHES_PRECISION,
			TT_SKETCHES_REGISTER, TT_SKETCHES_RHO};
	const struct tt_pick of_talkers = {.table = TT_TABLE_TALKERS,
			.protocol = TT_TALKERS_PROTOCOL,
			.target = TT_TALKERS_TARGET,
			.columns = talkers,
			.n_columns = TT_ARRAY_SIZE(talkers),
			.take = take_talker,
			.context = r};
	const struct tt_pick of_sketches = {.table = TT_TABLE_SKETCHES,
			.columns = sketches,
			.n_columns = TT_ARRAY_SIZE(sketches),
			.take = take_register,
			.context = r};
	int ret = tt_pick_rows(r->snapshot, &of_talkers, err);

	if (ret == 0)
		ret = end_talkers(r, err);
	if (ret != 0 || r->class != NULL
			|| !tt_manifest_has_whole_sketches(&r->snapshot->manifest))
		return ret;
	ret = tt_pick_rows(r->snapshot, &of_sketches, err);
	return ret != 0 ? ret : end_sketch(r, err);
}

int
tt_target_sources_read(struct tt_target_sources *sources,
		const struct tt_snapshot *snapshot, const enum tt_class *class,
		struct tt_error *err)
{
	struct reading r = {.to = sources, .snapshot = snapshot, .class = class};
	int ret;

	tt_target_sources_fini(sources);
	ret = read_tables(&r, err);
	free(r.addrs);
	return ret;
}

struct tt_target_source_count
tt_target_sources_of(const struct tt_target_sources *sources, uint8_t protocol,
		int32_t target, uint64_t sampled, uint64_t one_in, uint64_t packets)
{
	uint32_t i = tt_target_set_find(&sources->set, protocol, target);
	double error = (double)tt_scaled_error(sampled, one_in);
	struct tt_target_source_count count = {sampled, one_in > 1};
	struct tt_target_known known = {0};

	if (i != TT_TARGET_NONE)
		known = sources->all[i];
	if (!count.estimated)
		return count;
	if (known.any_talker && !known.others)
		return (struct tt_target_source_count){known.talkers, false};
	if (known.sketch_error > 0 && known.sketch_error < error)
		count.n = (uint64_t)llround(known.sketch);
	if (count.n < known.talkers)
		count.n = known.talkers;
	if (count.n == 0)
		count.n = 1;
	if (count.n > packets)
		count.n = packets;
	return count;
}
