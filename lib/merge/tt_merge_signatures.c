/* SPDX-License-Identifier: BSD-3-Clause */
/* The rows of `signature_rules`, `signatures` and `signature_sources`, from the detections of all tallies. */
#include "tt_merge_rows.h"

#include <errno.h>

/* Room for as many as there are tallies; replays may hold more parts than before. */
static int
make_room(struct tt_merge *m)
{
	const struct tt_detections **more;

	if (m->n_tallies <= m->n_detections_of)
		return 0;
	more = reallocarray(m->detections_of, m->n_tallies, sizeof(*more));
	if (more == NULL)
		return tt_error_set(
				m->err, -ENOMEM, NULL, "out of memory for signatures");
	m->detections_of = more;
	m->n_detections_of = m->n_tallies;
	return 0;
}

int
tt_merge_signatures(struct tt_merge *m)
{
	const struct tt_signature_sink sink = {m->sink->context, m->sink->signature_rule,
			m->sink->signature, m->sink->signature_source};
	const struct tt_rules *rules = m->config.rules;
	int64_t end_us = m->start_us;
	unsigned n = 0;
	int ret;

	if (m->detections == NULL)
		return 0;
	ret = make_room(m);
	if (ret != 0)
		return ret;
	for (unsigned i = 0; i < m->n_tallies; i++) {
		if (tt_tally_has_detections(m->tallies[i]))
			m->detections_of[n++] = &m->tallies[i]->detections;
		if (m->tallies[i]->span.end_us > end_us)
			end_us = m->tallies[i]->span.end_us;
	}
	ret = tt_detections_join_rules(&m->joined, m->detections_of, n, m->err);
	if (ret != 0)
		return ret;
	if (n > 0)
		rules = m->detections_of[0]->config.rules;
	ret = tt_detections_merge_run(m->detections, rules, m->detections_of, n,
			m->start_us, end_us, &sink, &m->totals->signatures, m->err);
	tt_detections_joined_fini(&m->joined);
	return ret;
}
