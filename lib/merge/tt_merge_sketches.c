/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The rows of `sketches`. Those of targets are chosen first, the busiest target before the next,
 * until one does not fit into what is left of the budget; then all rows come in their order.
 */
#include "tt_merge_rows.h"

#include <endian.h>
#include <string.h>

/* Targets whose registers are fetched before they are read: eight lines of each kind. */
#define AHEAD 2

static bool
is_used(const struct tt_merge *m, uint32_t first_register)
{
	return m->rest.registers_used[first_register / TT_REGISTER_BLOCK] != 0;
}

_Static_assert(1 << TT_SKETCH_P_TARGET == TT_REGISTER_BLOCK, "a target is one block");

/* A bit for each of eight registers that is not empty: the highest of byte i for register i. */
static uint64_t
used_of_eight(const uint8_t *registers)
{
	uint64_t eight;

	/* No register is above 64, so that nothing is carried from one byte into the next. */
	memcpy(&eight, registers, sizeof(eight));
	return (le64toh(eight) + UINT64_C(0x7f7f7f7f7f7f7f7f))
			& UINT64_C(0x8080808080808080);
}

/* Registers of one target, which are one block, that are not empty. */
static uint32_t
count_registers(const struct tt_merge *m, uint32_t first)
{
	const uint64_t evens = UINT64_C(0x00ff00ff00ff00ff);
	const uint8_t *registers = &m->rest.registers[first];
	uint64_t bytes = 0;

	if (!is_used(m, first))
		return 0;
	/* Of 64 times eight registers, no byte counts more than 64. */
	for (uint32_t i = 0; i < TT_REGISTER_BLOCK; i += 8)
		bytes += used_of_eight(&registers[i]) >> 7;
	bytes = (bytes & evens) + (bytes >> 8 & evens);
	return (uint32_t)(bytes * UINT64_C(0x0001000100010001) >> 48);
}

_Static_assert(TT_REGISTER_BLOCK / 8 <= UINT8_MAX, "they are counted in bytes");

/* Fetches the registers of a kind, of a target. */
static void
fetch_registers(const struct tt_merge *m, enum tt_registers kind, uint32_t target)
{
	const uint32_t first = tt_registers_of_target(kind, target);

	if (!is_used(m, first))
		return;
	for (uint32_t i = 0; i < TT_REGISTER_BLOCK; i += TT_CACHE_LINE)
		__builtin_prefetch(&m->rest.registers[first + i]);
}

static void
rank_targets(struct tt_merge *m)
{
	struct tt_merge_list *list = &m->others;

	list->n = 0;
	for (uint32_t i = 0; i < TT_N_TARGETS; i++)
		if (m->target_packets[i] != 0)
			list->items[list->n++] = (struct tt_sort_item){
					.prefix = ~m->target_packets[i],
					.ref = &m->target_packets[i]};
	tt_merge_sort(m, list, NULL);
}

static uint32_t
ranked(const struct tt_merge *m, uint64_t i)
{
	const uint64_t *packets = m->others.items[i].ref;

	return (uint32_t)(packets - m->target_packets);
}

static void
choose_targets(struct tt_merge *m)
{
	uint64_t left = m->config.sketch_rows;
	bool full = false;

	rank_targets(m);
	for (uint64_t i = 0; i < m->others.n; i++) {
		uint32_t target = ranked(m, i);
		uint32_t sources = count_registers(
				m, tt_registers_of_target(TT_REGISTERS_TARGET, target));
		uint32_t destinations = count_registers(m,
				tt_registers_of_target(
						TT_REGISTERS_DESTINATIONS, target));

		if (i + AHEAD < m->others.n) {
			uint32_t later = ranked(m, i + AHEAD);

			fetch_registers(m, TT_REGISTERS_TARGET, later);
			fetch_registers(m, TT_REGISTERS_DESTINATIONS, later);
		}
		full = full || sources + destinations > left;
		if (full) {
			m->totals->sketches.keys += (sources != 0) + (destinations != 0);
			continue;
		}
		m->sketched[target] = 1;
		left -= sources + destinations;
	}
}

/* Gives out rows one by one, to a sink that wants them so. */
static int
emit_each(struct tt_merge *m, const struct tt_sketch_rows *rows)
{
	struct tt_sketch_row row = {.kind = rows->kind, .key = rows->key, .p = rows->p};
	int ret = 0;

	for (unsigned i = 0; ret == 0 && i < rows->n; i++) {
		row.reg = (uint32_t)rows->regs[i];
		row.rho = (uint8_t)rows->rhos[i];
		ret = TT_MERGE_EMIT(m, sketch, &row);
	}
	return ret;
}

/* A bit for each of 64 registers that is not empty. */
static uint64_t
used_of_64(const uint8_t *registers)
{
	uint64_t bits = 0;

	/* The product has the lowest bits of eight bytes beside each other in its highest byte. */
	for (unsigned i = 0; i < 64; i += 8)
		bits |= (used_of_eight(&registers[i]) >> 7) * UINT64_C(0x0102040810204080)
				>> 56 << i;
	return bits;
}

/* Makes rows those of one block, whose first register is `first` of the sketch. Most sketches have few,
 * anywhere: to look at 64 at once has one branch that cannot be foreseen, and not one for every few. */
static void
take_block(struct tt_sketch_rows *rows, uint32_t first, const uint8_t *registers)
{
	unsigned n = 0;

	for (uint32_t i = 0; i < TT_REGISTER_BLOCK; i += 64)
		for (uint64_t used = used_of_64(&registers[i]); used != 0;
				used &= used - 1) {
			uint32_t at = i + (uint32_t)__builtin_ctzll(used);

			rows->regs[n] = (int32_t)(first + at);
			rows->rhos[n++] = registers[at];
		}
	rows->n = n;
}

static int
emit_sketch(struct tt_merge *m, enum tt_sketch_kind kind, uint32_t key, uint32_t first,
		unsigned p)
{
	struct tt_sketch_rows rows;
	int ret = 0;

	rows.kind = kind;
	rows.key = key;
	rows.p = p;
	for (uint32_t reg = 0; ret == 0 && reg < 1u << p; reg += TT_REGISTER_BLOCK) {
		if (!is_used(m, first + reg))
			continue;
		take_block(&rows, reg, &m->rest.registers[first + reg]);
		if (rows.n > 0)
			ret = m->sink->sketches != NULL
					? TT_MERGE_EMIT(m, sketches, &rows)
					: emit_each(m, &rows);
	}
	return ret;
}

static int
emit_kind(struct tt_merge *m, enum tt_sketch_kind kind, uint32_t first, unsigned p,
		uint32_t n)
{
	int ret = 0;

	for (uint32_t key = 0; ret == 0 && key < n; key++)
		ret = emit_sketch(m, kind, key, first + (key << p), p);
	return ret;
}

static int
emit_targets(struct tt_merge *m, enum tt_sketch_kind kind, enum tt_registers first)
{
	int ret = 0;

	for (uint32_t t = 0; ret == 0 && t < TT_N_TARGETS; t++) {
		if (t + AHEAD < TT_N_TARGETS && m->sketched[t + AHEAD])
			fetch_registers(m, first, t + AHEAD);
		if (m->sketched[t])
			ret = emit_sketch(m, kind, t, tt_registers_of_target(first, t),
					TT_SKETCH_P_TARGET);
	}
	return ret;
}

int
tt_merge_sketches(struct tt_merge *m)
{
	int ret;

	choose_targets(m);
	if (m->sink->sketch == NULL && m->sink->sketches == NULL)
		return 0;
	ret = emit_sketch(m, TT_SKETCH_SOURCES, 0, TT_REGISTERS_ALL, TT_SKETCH_P_ALL);
	if (ret == 0)
		ret = emit_kind(m, TT_SKETCH_SOURCES_COUNTRY, TT_REGISTERS_COUNTRY,
				TT_SKETCH_P_COUNTRY, TT_N_COUNTRIES);
	if (ret == 0)
		ret = emit_kind(m, TT_SKETCH_SOURCES_PREFIX, TT_REGISTERS_PREFIX,
				TT_SKETCH_P_PREFIX, m->config.prefixes->n);
	if (ret == 0)
		ret = emit_targets(m, TT_SKETCH_SOURCES_TARGET, TT_REGISTERS_TARGET);
	if (ret == 0)
		ret = emit_targets(m, TT_SKETCH_DESTINATIONS_TARGET,
				TT_REGISTERS_DESTINATIONS);
	return ret;
}
