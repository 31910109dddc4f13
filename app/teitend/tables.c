/* SPDX-License-Identifier: BSD-3-Clause */
#include "daemon.h"

#include "free_memory.h"
#include "recalled.h"
#include "say.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* That of the management core's node. */
static struct tt_numamem *
own_memory(struct tt_daemon *d)
{
	return &d->memory[tt_plan_node(rte_get_main_lcore(), -1)];
}

bool
tt_daemon_in_parts(const struct tt_daemon *d)
{
	return !d->only_replays && d->config.checkpoint_us > 0
			&& d->config.checkpoint_us < d->config.interval_us;
}

int64_t
tt_daemon_part_us(const struct tt_daemon *d)
{
	return tt_daemon_in_parts(d) ? d->config.checkpoint_us : d->config.interval_us;
}

/* One line for a file that is not what it should be, which makes the run imperfect; what was
 * whole is replayed. */
static bool
report_file(const struct tt_replay_file *file)
{
	if (file->end.code != 0)
		tt_warn("%s: %s; the %" PRIu64 " whole frame%s before that %s replayed",
				file->path, file->end.why, file->frames,
				file->frames == 1 ? "" : "s",
				file->frames == 1 ? "is" : "are");
	if (!tt_link_known(file->link))
		tt_warn("%s: link type %u is none that is decoded; its %" PRIu64
			" frames are counted as unknown-link-type",
				file->path, file->link, file->frames);
	return file->end.code == 0 && tt_link_known(file->link);
}

static void
say_gaps(const struct tt_daemon *d)
{
	char gaps[TT_HEARD_TEXT_MAX];

	if (tt_heard_gaps_format(tt_sequence_heard(d->sequence), gaps)[0] != '\0')
		tt_say("%s", gaps);
	if (tt_heard_unclear_format(tt_sequence_heard(d->sequence), gaps)[0] != '\0')
		tt_say("%s", gaps);
}

int
tt_daemon_scan(struct tt_daemon *d, struct tt_error *err)
{
	const struct tt_config *config = &d->config;
	unsigned n = d->plan.n_queues;
	unsigned sets = n * config->table_sets;
	int rc = tt_setup_init(&d->setup, config, sets, err);

	d->only_replays = d->plan.n_replays == n;
	d->taken.spool = config->spool;
	d->taken.sensor = config->sensor;
	if (rc == 0)
		rc = tt_free_memory_check(&d->plan, config, &d->setup, err);
	if (rc == 0)
		rc = tt_sequence_create(&d->sequence, n, sets, tt_daemon_part_us(d),
				config->max_gap_us, err);
	if (rc == 0)
		tt_heard_suspect(tt_sequence_heard(d->sequence),
				tt_config_outage_us(config));
	for (unsigned i = 0; i < n && rc == 0; i++) {
		const struct tt_plan_queue *q = &d->plan.queues[i];
		struct tt_port *port = &d->plan.ports[q->port];

		if (port->replay.n_files == 0)
			continue;
		rc = tt_replay_scan(&port->replay.files[q->queue], config->interval_us,
				tt_port_is_replay(port) ? d->sequence : NULL,
				d->only_replays ? &d->taken : NULL, err);
		if (rc == 0 && !report_file(&port->replay.files[q->queue]))
			d->imperfect = true;
	}
	if (rc == 0 && tt_sequence_settle(d->sequence) != 0)
		rc = tt_error_set(err, -ENOMEM, NULL, "out of memory");
	if (rc == 0)
		say_gaps(d);
	return rc;
}

static struct rte_ring *
make_ring(const char *kind, unsigned index, unsigned tallies, unsigned node)
{
	char name[RTE_RING_NAMESIZE];

	snprintf(name, sizeof(name), "%s_%u", kind, index);
	return rte_ring_create(name, tallies, (int)node,
			RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
}

static int
make_tallies(struct tt_daemon *d, struct tt_worker *w, struct tt_numamem *memory,
		struct tt_error *err)
{
	unsigned n = d->config.table_sets;

	for (unsigned i = 0; i < n; i++) {
		struct tt_tally **tally = &d->tallies[w->index * n + i];
		struct tt_arena *arena = &d->arenas[w->index * n + i];
		int rc;

		tt_arena_open(arena, memory, tt_tally_bytes(&d->setup.tally));
		rc = tt_tally_create(tally, &d->setup.tally, &arena->mem, err);
		if (rc != 0)
			return rc;
		(*tally)->owner = w->index;
		/* The first is the worker's open one. */
		if (i > 0 && w->replay)
			tt_daemon_give_clean(d, *tally);
	}
	return 0;
}

static int
make_worker(struct tt_daemon *d, unsigned index, struct tt_error *err)
{
	const struct tt_plan_queue *q = &d->plan.queues[index];
	const struct tt_replay_file *file = tt_plan_file(&d->plan, q);
	struct tt_port *port = &d->plan.ports[q->port];
	struct tt_mem *mem = &d->memory[q->node].mem;
	struct tt_worker *w = tt_mem_alloc(mem, sizeof(*w), "workers");
	int rc;

	d->workers[index] = w;
	if (w == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	w->index = index;
	w->lcore = q->lcore;
	w->port = port;
	w->queue = q->queue;
	w->burst = (uint16_t)d->config.burst;
	w->replay = file != NULL;
	w->expected = file == NULL ? 0 : file->frames;
	w->damaged = file != NULL && file->end.code != 0;
	w->link = port->replay.n_files > 0 ? port->replay.files[q->queue].link
					   : TT_LINK_ETHERNET;
	w->scratch = tt_mem_alloc(mem, TT_WORKER_SCRATCH, "workers");
	w->sealed = make_ring("sealed", index, d->config.table_sets, q->node);
	w->clean = make_ring("clean", index, d->config.table_sets, q->node);
	if (w->scratch == NULL || w->sealed == NULL || w->clean == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	rc = tt_setup_pipeline(&d->setup, &w->pipeline, err);
	return rc != 0 ? rc : make_tallies(d, w, &d->memory[q->node], err);
}

/* What keys are placed in the tables by, and sampled by: nobody outside shall know it, but a replay
 * is one like another. */
static int
draw(const struct tt_daemon *d, uint64_t *number, struct tt_error *err)
{
	*number = 0;
	if (d->only_replays || getrandom(number, sizeof(*number), 0) == sizeof(*number))
		return 0;
	return tt_error_set(err, -errno, NULL, "no random number: %s", strerror(errno));
}

static int
open_shared(struct tt_daemon *d, struct tt_error *err)
{
	const struct tt_config *config = &d->config;
	struct tt_mem *mem = &own_memory(d)->mem;
	char text[TT_SETUP_TABLES_TEXT_MAX], monitored[TT_SETUP_MONITORED_TEXT_MAX];
	uint64_t seed, secret;
	int rc = draw(d, &seed, err);

	if (rc == 0)
		rc = draw(d, &secret, err);

	if (rc == 0)
		rc = tt_setup_open(&d->setup, config, seed, mem, err);
	/* What follows touches all of that memory, and may take a while. */
	if (rc == 0) {
		tt_say("%s", tt_setup_tables_text(&d->setup, text));
		tt_say("%s", tt_setup_monitored_text(&d->setup, monitored));
	}
	if (rc == 0)
		rc = tt_spool_open(&d->spool, config->spool, config->sensor,
				d->only_replays ? TT_SYNC_BATCHED : TT_SYNC_EACH, err);
	if (rc == 0)
		rc = tt_taken_check(&d->taken, d->spool, config->interval_us, d->sequence,
				err);
	if (rc == 0)
		tt_recalled_load(d, secret);
	if (rc == 0) {
		tt_arena_open(&d->merge_arena, own_memory(d),
				tt_merge_bytes(&d->setup.merge));
		rc = tt_merge_create(
				&d->merge, &d->setup.merge, &d->merge_arena.mem, err);
	}
	if (rc == 0)
		rc = tt_book_init(&d->book, &d->plan, err);
	return rc;
}

static void
describe_run(struct tt_daemon *d)
{
	gethostname(d->host, sizeof(d->host) - 1);
	d->run = (struct tt_run_info){
			.monitored = d->setup.monitored_text,
			.monitored_addresses = tt_prefix_set_size(&d->setup.monitored),
			.program = TT_PROGRAM,
			.version = TT_VERSION,
			.host = d->host,
			.workers = d->plan.n_queues,
			.secret = d->setup.tally.secret,
	};
}

int
tt_daemon_make_tables(struct tt_daemon *d, struct tt_error *err)
{
	unsigned n = d->plan.n_queues;
	int rc = open_shared(d, err);

	if (rc != 0)
		return rc;
	describe_run(d);
	d->workers = calloc(n, sizeof(struct tt_worker *));
	d->tallies = calloc((size_t)n * d->config.table_sets, sizeof(struct tt_tally *));
	d->arenas = calloc((size_t)n * d->config.table_sets, sizeof(struct tt_arena));
	if (d->workers == NULL || d->tallies == NULL || d->arenas == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	for (unsigned i = 0; i < n && rc == 0; i++)
		rc = make_worker(d, i, err);
	if (rc == 0)
		rc = tt_backing_init(&d->backing, d, err);
	return rc != 0 ? rc : tt_reload_init(&d->reload, d, err);
}

void
tt_daemon_print_memory(const struct tt_daemon *d)
{
	char rules[TT_SETUP_RULES_TEXT_MAX], nothing[TT_SETUP_NOTHING_TEXT_MAX];

	if (d->setup.ruleset != NULL)
		tt_say("rules: %s", tt_setup_rules_text(&d->setup, rules));
	if (tt_setup_unsieved(&d->setup) != NULL)
		tt_say("rules: %s", tt_setup_unsieved(&d->setup));
	if (tt_setup_no_rules_text(&d->setup, nothing)[0] != '\0')
		tt_warn("%s", nothing);
	if (!d->only_replays)
		tt_say("intervals that cannot be written wait in memory, up to %" PRIu64
		       " MiB of it",
				d->config.pending_memory >> 20);
	if (tt_daemon_in_parts(d))
		tt_say("intervals of %" PRId64 " s are saved in parts of %" PRId64 " s",
				d->config.interval_us / TT_US_PER_S,
				d->config.checkpoint_us / TT_US_PER_S);
	for (unsigned node = 0; node < RTE_MAX_NUMA_NODES; node++) {
		struct tt_numamem shown = d->memory[node];

		if (d->plan.pools[node] != NULL)
			tt_numamem_note(&shown, "packet buffers",
					tt_plan_pool_bytes(&d->plan, node));
		tt_numamem_print(&shown);
	}
}

static void
free_worker(struct tt_daemon *d, struct tt_worker *w)
{
	struct tt_mem *mem = &d->memory[d->plan.queues[w->index].node].mem;

	tt_matcher_destroy(w->pipeline.matcher);
	rte_ring_free(w->sealed);
	rte_ring_free(w->clean);
	tt_mem_free(mem, w->scratch, TT_WORKER_SCRATCH);
	tt_mem_free(mem, w, sizeof(*w));
}

static void
free_tables(struct tt_daemon *d)
{
	unsigned n = d->plan.n_queues;

	tt_reload_fini(&d->reload);
	tt_sequence_destroy(d->sequence);
	for (unsigned i = 0; d->tallies != NULL && i < n * d->config.table_sets; i++)
		tt_tally_destroy(d->tallies[i]);
	for (unsigned i = 0; d->workers != NULL && i < n; i++)
		if (d->workers[i] != NULL)
			free_worker(d, d->workers[i]);
	tt_backing_fini(&d->backing);
	free(d->tallies);
	free(d->workers);
	tt_merge_destroy(d->merge);
	tt_arena_close(&d->merge_arena);
	for (unsigned i = 0; d->arenas != NULL && i < n * d->config.table_sets; i++)
		tt_arena_close(&d->arenas[i]);
	free(d->arenas);
	tt_setup_fini(&d->setup);
}

void
tt_daemon_fini(struct tt_daemon *d)
{
	tt_spool_close(d->spool);
	free_tables(d);
	tt_book_fini(&d->book);
	tt_taken_fini(&d->taken);
	tt_plan_stop(&d->plan);
	for (unsigned node = 0; node < RTE_MAX_NUMA_NODES; node++)
		tt_numamem_fini(&d->memory[node]);
	tt_eal_stop(&d->eal);
	tt_config_fini(&d->config);
}
