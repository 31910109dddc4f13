/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_summary.h"

#include <errno.h>
#include <string.h>

void
tt_summary_init(struct tt_summary *summary, const char *sensor)
{
	*summary = (struct tt_summary){.max_one_in = 1, .ledger.closes = true};
	snprintf(summary->sensor, sizeof(summary->sensor), "%s", sensor);
}

static void
add_pause(struct tt_pauses *pauses, int64_t us)
{
	if (us > 0) {
		pauses->n++;
		pauses->us += us;
	}
}

static void
add_times(struct tt_summary *s, const struct tt_manifest *m)
{
	if (s->snapshots == 0) {
		s->start_us = m->start_us;
		s->end_us = m->end_us;
	} else {
		add_pause(&s->missing, m->start_us - s->end_us - m->gap_before_us);
	}
	if (m->end_us > s->end_us)
		s->end_us = m->end_us;
	add_pause(&s->gaps, m->gap_before_us);
	s->observed_us += m->observed_us;
}

void
tt_summary_add(struct tt_summary *summary, const struct tt_manifest *manifest)
{
	struct tt_summary *s = summary;
	const struct tt_manifest *m = manifest;
	int64_t addresses = m->monitored_addresses;

	add_times(s, m);
	if (s->snapshots == 0 || addresses < s->least_addresses)
		s->least_addresses = addresses;
	if (addresses > s->most_addresses)
		s->most_addresses = addresses;
	s->snapshots++;
	s->partial += !m->complete;
	s->estimated += !m->exact;
	if (m->sources_one_in > s->max_one_in)
		s->max_one_in = m->sources_one_in;
	s->not_closing += !m->ledger.closes;
	s->frames += m->frames;
	s->packets += m->packets;
	s->bytes += m->bytes;
	s->backscatter_packets += m->backscatter_packets;
	s->detections += m->detections;
	if ((uint64_t)m->uniq_src_ip > s->max_uniq_src_ip)
		s->max_uniq_src_ip = (uint64_t)m->uniq_src_ip;
	tt_address_time_join(
			&s->address_time, tt_address_time_of(m->observed_us, addresses));
	tt_ledger_add(&s->ledger, &m->ledger);
}

static struct tt_summary *
summary_of(struct tt_summaries *s, const char *sensor)
{
	struct tt_summary *more;

	/* Snapshots come by sensor, so it is the latest but for directories put together. */
	for (size_t i = s->n; i > 0; i--) {
		if (strcmp(s->all[i - 1].sensor, sensor) == 0)
			return &s->all[i - 1];
	}
	more = reallocarray(s->all, s->n + 1, sizeof(*more));
	if (more == NULL)
		return NULL;
	s->all = more;
	tt_summary_init(&more[s->n], sensor);
	return &more[s->n++];
}

int
tt_summaries_add(struct tt_summaries *summaries, const struct tt_manifest *manifest)
{
	struct tt_summary *summary = summary_of(summaries, manifest->sensor);

	if (summary == NULL)
		return -ENOMEM;
	tt_summary_add(summary, manifest);
	return 0;
}

void
tt_summaries_fini(struct tt_summaries *summaries)
{
	free(summaries->all);
	*summaries = (struct tt_summaries){0};
}
