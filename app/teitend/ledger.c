/* SPDX-License-Identifier: BSD-3-Clause */
#include "ledger.h"

#include "say.h"

#include <errno.h>
#include <string.h>

#define PORT_ROWS  4 /* of a port: what it lost, and a note */
#define OTHER_ROWS 3 /* of a queue: delivered, and two notes */

int
tt_book_init(struct tt_book *book, struct tt_plan *plan, struct tt_error *err)
{
	size_t rows = plan->n_ports * PORT_ROWS
			+ plan->n_queues * (size_t)(OTHER_ROWS + TT_N_FATES);

	*book = (struct tt_book){
			.plan = plan,
			.rows = calloc(rows, sizeof(*book->rows)),
			.now = calloc(plan->n_queues, sizeof(*book->now)),
			.written = calloc(rows, sizeof(*book->written)),
			.taken = calloc(plan->n_queues, sizeof(*book->taken)),
	};
	if (book->rows == NULL || book->now == NULL || book->written == NULL
			|| book->taken == NULL)
		return tt_error_set(err, -ENOMEM, NULL, "out of memory");
	return 0;
}

void
tt_book_fini(struct tt_book *book)
{
	free(book->rows);
	free(book->now);
	free(book->written);
	free(book->taken);
	*book = (struct tt_book){0};
}

static void
add_account(struct tt_account *to, const struct tt_account *from)
{
	to->frames += from->frames;
	to->late += from->late;
	to->frame_bytes += from->frame_bytes;
	for (unsigned i = 0; i < TT_N_FATES; i++)
		to->fates[i] += from->fates[i];
}

static void
add_tally(struct tt_account *a, const struct tt_tally *t)
{
	a->frames += t->frames;
	a->late += t->late;
	a->frame_bytes += t->frame_bytes;
	for (unsigned i = 0; i < TT_N_FATES; i++)
		a->fates[i] += t->fates[i];
}

static void
add_row(struct tt_book *book, const char *port, int queue, const char *account,
		const char *reason, uint64_t packets)
{
	book->rows[book->n_rows++] = (struct tt_ledger_row){
			port, queue, account, reason, packets};
}

static void
port_rows(struct tt_book *book, const struct tt_port *port)
{
	const struct tt_port_counters *sum = &port->sum, *told = &port->told;

	add_row(book, port->name, -1, TT_ACCOUNT_NIC, TT_REASON_MISSED,
			sum->missed - told->missed);
	add_row(book, port->name, -1, TT_ACCOUNT_NIC, TT_REASON_NO_MBUF,
			sum->no_mbuf - told->no_mbuf);
	add_row(book, port->name, -1, TT_ACCOUNT_NIC, TT_REASON_ERRORS,
			sum->errors - told->errors);
	add_row(book, port->name, -1, TT_ACCOUNT_NOTE, TT_REASON_LINK_DOWN,
			sum->link_down_us - told->link_down_us);
}

static void
queue_rows(struct tt_book *book, const char *port, int queue, const struct tt_account *a)
{
	add_row(book, port, queue, TT_ACCOUNT_NIC, TT_REASON_DELIVERED, a->frames);
	for (unsigned i = 0; i < TT_N_FATES; i++)
		add_row(book, port, queue, TT_ACCOUNT_FRAMES,
				tt_fate_name((enum tt_fate)i), a->fates[i]);
	add_row(book, port, queue, TT_ACCOUNT_NOTE, TT_REASON_LATE, a->late);
	add_row(book, port, queue, TT_ACCOUNT_NOTE, TT_REASON_FRAME_BYTES,
			a->frame_bytes);
}

void
tt_book_make(struct tt_book *book, const struct tt_interval *interval)
{
	struct tt_plan *plan = book->plan;

	memset(book->now, 0, plan->n_queues * sizeof(*book->now));
	for (unsigned i = 0; i < interval->n_tallies; i++)
		add_tally(&book->now[interval->tallies[i]->owner], interval->tallies[i]);
	book->n_rows = 0;
	for (unsigned i = 0; i < plan->n_ports; i++) {
		tt_port_read_counters(&plan->ports[i]);
		port_rows(book, &plan->ports[i]);
	}
	for (unsigned i = 0; i < plan->n_queues; i++)
		queue_rows(book, plan->ports[plan->queues[i].port].name,
				plan->queues[i].queue, &book->now[i]);
}

void
tt_book_taken(struct tt_book *book)
{
	struct tt_plan *plan = book->plan;

	for (unsigned i = 0; i < plan->n_ports; i++)
		plan->ports[i].told = plan->ports[i].sum;
	for (unsigned i = 0; i < plan->n_queues; i++)
		add_account(&book->taken[i], &book->now[i]);
	book->intervals++;
}

void
tt_book_sum(const struct tt_book *book, uint64_t fates[TT_N_FATES])
{
	struct tt_account sum = {0};

	for (unsigned i = 0; i < book->plan->n_queues; i++)
		add_account(&sum, &book->taken[i]);
	memcpy(fates, sum.fates, sizeof(sum.fates));
}

void
tt_book_written(struct tt_book *book, const struct tt_ledger_row *rows)
{
	for (unsigned i = 0; i < book->n_rows; i++)
		book->written[i] += rows[i].packets;
}

/* One port's side of the closing check. */
struct closing {
	struct tt_account written;
	struct tt_port_counters lost;
	uint64_t received; /* by the workers, and counted */
	uint64_t expected; /* frames that files hold */
	unsigned undrained; /* queues that packets kept coming to */
};

/* Adds what the rows of the port say. Those of a queue stand in the order of queue_rows. */
static void
add_written(struct closing *c, const struct tt_ledger_row *rows, const uint64_t *packets)
{
	TT_ASSERT(strcmp(rows[0].reason, TT_REASON_DELIVERED) == 0);
	c->written.frames += packets[0];
	for (unsigned i = 0; i < TT_N_FATES; i++)
		c->written.fates[i] += packets[1 + i];
}

static struct closing
sum_up(const struct tt_book *book, unsigned port, struct tt_worker **workers)
{
	const uint64_t *lost = book->written + (size_t)port * PORT_ROWS;
	struct closing c = {.lost = {.missed = lost[0],
					    .no_mbuf = lost[1],
					    .errors = lost[2]}};

	for (unsigned i = 0; i < book->plan->n_queues; i++) {
		size_t at = book->plan->n_ports * PORT_ROWS
				+ i * (size_t)(OTHER_ROWS + TT_N_FATES);

		if (book->plan->queues[i].port != port)
			continue;
		if (book->n_rows > 0)
			add_written(&c, book->rows + at, book->written + at);
		/* What a stopped replay received and did not count was not replayed. */
		c.received += workers[i]->own.received - workers[i]->own.uncounted;
		c.expected += workers[i]->expected;
		c.undrained += workers[i]->own.undrained;
	}
	return c;
}

static void
print_account(const struct tt_port *port, const struct closing *c)
{
	const struct tt_port_counters *lost = &c->lost;
	char text[512] = "";
	size_t used = 0;

	for (unsigned i = 0; i < TT_N_FATES && used < sizeof(text); i++)
		if (c->written.fates[i] > 0 || i == TT_FATE_COUNTED)
			used += (size_t)snprintf(text + used, sizeof(text) - used,
					"%s%s %" PRIu64, used == 0 ? "" : " + ",
					tt_fate_name((enum tt_fate)i),
					c->written.fates[i]);
	tt_say("%s: offered %" PRIu64 " = missed %" PRIu64 " + no-mbuf %" PRIu64
	       " + errors %" PRIu64 " + delivered %" PRIu64 "; delivered = %s",
			port->name,
			lost->missed + lost->no_mbuf + lost->errors + c->received,
			lost->missed, lost->no_mbuf, lost->errors, c->received, text);
}

/* A live device's own count of what it delivered, where it is another. */
static void
compare_device(const struct tt_port *port, uint64_t received)
{
	uint64_t device = port->sum.received;

	if (device > received)
		tt_say("%s: %" PRIu64 " packets were left in the queues at the end",
				port->name, device - received);
	else if (device < received && port->resets > 0)
		tt_say("%s: the device's own counter says %" PRIu64
		       " delivered; it went back %u times",
				port->name, device, port->resets);
	else if (device < received)
		tt_say("%s: the device's own counter says only %" PRIu64 " delivered",
				port->name, device);
}

/* What the device says differently, which is nobody's loss. */
static void
print_notes(const struct tt_port *port, const struct closing *c)
{
	if (tt_port_is_replay(port) && c->expected > c->received)
		tt_say("%s: %" PRIu64 " frames of its files were not replayed",
				port->name, c->expected - c->received);
	if (!tt_port_is_replay(port))
		compare_device(port, c->received);
	if (c->undrained > 0)
		tt_say("%s: packets kept arriving for %d seconds after the stop; %u of %u "
		       "queue%s had some left at that point",
				port->name, TT_WORKER_DRAIN_S, c->undrained,
				port->n_queues, port->n_queues == 1 ? "" : "s");
}

uint64_t
tt_book_offered(const struct tt_book *book, struct tt_worker **workers)
{
	uint64_t frames = 0;

	for (unsigned i = 0; i < book->plan->n_queues; i++)
		frames += workers[i]->replay ? workers[i]->expected
					     : workers[i]->own.received;
	return frames;
}

bool
tt_book_close(struct tt_book *book, struct tt_worker **workers)
{
	bool closes = true;

	for (unsigned i = 0; i < book->plan->n_ports; i++) {
		const struct tt_port *port = &book->plan->ports[i];
		struct closing c = sum_up(book, i, workers);

		print_account(port, &c);
		print_notes(port, &c);
		if (c.received == c.written.frames)
			continue;
		closes = false;
		tt_say("%s: of %" PRIu64 " packets delivered, %" PRIu64
		       " are in no snapshot",
				port->name, c.received, c.received - c.written.frames);
	}
	tt_say(closes ? "ledger closes" : "ledger does not close");
	return closes;
}
