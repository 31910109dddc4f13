/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_ranking_span.h"
#include "tt_time.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define SENSORS_NAMED 8 /* so that the line stays one; the others are a number */

void
tt_ranking_span_init(struct tt_ranking_span *span)
{
	*span = (struct tt_ranking_span){.exact = true};
}

void
tt_ranking_span_fini(struct tt_ranking_span *span)
{
	free(span->sensors);
	*span = (struct tt_ranking_span){0};
}

int
tt_ranking_span_note(struct tt_ranking_span *s, const struct tt_snapshot *snapshot,
		struct tt_error *err)
{
	const char *sensor = snapshot->manifest.sensor;
	char(*more)[TT_SENSOR_MAX + 1];

	for (size_t i = s->n_sensors; i > 0; i--)
		if (strcmp(s->sensors[i - 1], sensor) == 0)
			return 0;
	more = reallocarray(s->sensors, s->n_sensors + 1, sizeof(*more));
	if (more == NULL)
		return tt_error_set(err, -ENOMEM, snapshot->path, "out of memory");
	s->sensors = more;
	snprintf(more[s->n_sensors++], sizeof(*more), "%s", sensor);
	return 0;
}

void
tt_ranking_span_add(struct tt_ranking_span *s, const struct tt_manifest *m,
		int64_t observed_us)
{
	if (s->snapshots == 0 || m->start_us < s->first_us)
		s->first_us = m->start_us;
	if (s->snapshots == 0 || m->end_us > s->last_us)
		s->last_us = m->end_us;
	s->snapshots++;
	s->exact = s->exact && m->sources_one_in == 1;
	s->observed_us += observed_us;
	tt_version_time_add(&s->address_time, m);
}

struct tt_address_time
tt_ranking_span_time(const struct tt_ranking_span *span, unsigned ip_version)
{
	struct tt_address_time ipv6 = span->address_time.all;
	const struct tt_address_time ipv4 = span->address_time.ipv4;

	if (ip_version != 6)
		return tt_version_time_of(&span->address_time);
	ipv6.us -= ipv4.us < ipv6.us ? ipv4.us : ipv6.us;
	return ipv6;
}

static void
print_sensors(const struct tt_ranking_span *s, FILE *out)
{
	fprintf(out, "sensor%s", s->n_sensors == 1 ? "" : "s");
	for (size_t i = 0; i < s->n_sensors && i < SENSORS_NAMED; i++)
		fprintf(out, "%s %s", i == 0 ? "" : ",", s->sensors[i]);
	if (s->n_sensors > SENSORS_NAMED)
		fprintf(out, " and %zu more", s->n_sensors - SENSORS_NAMED);
	fputs("\n", out);
}

void
tt_ranking_span_print(const struct tt_ranking_span *s, FILE *out)
{
	char first[TT_TIME_TEXT_MAX], last[TT_TIME_TEXT_MAX];

	print_sensors(s, out);
	fprintf(out, "%" PRIu64 " snapshot%s, %s to %s, %.0f s observed", s->snapshots,
			s->snapshots == 1 ? "" : "s", tt_time_format(s->first_us, first),
			tt_time_format(s->last_us, last),
			(double)s->observed_us / TT_US_PER_S);
}

int
tt_ranking_format_parse(const char *name, enum tt_ranking_format *format)
{
	static const char *const names[] = {"text", "csv", "jsonl"};

	for (unsigned i = 0; i < TT_ARRAY_SIZE(names); i++) {
		if (strcmp(name, names[i]) == 0) {
			*format = (enum tt_ranking_format)i;
			return 0;
		}
	}
	return -EINVAL;
}
