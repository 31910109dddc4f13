/* SPDX-License-Identifier: BSD-3-Clause */
#include "dpdk_log.h"

#include "say.h"

#include <rte_common.h>
#include <rte_log.h>

#include <string.h>

/* The stream's own lock guards the rest. It stays open: another thread may be about to write. */
static FILE *stream;
static bool holding;
static char held[4096];
static size_t n_held, mark;

static ssize_t
take(void *cookie, const char *text, size_t n)
{
	size_t room = sizeof(held) - 1 - n_held;

	if (!holding)
		return (ssize_t)fwrite(text, 1, n, stderr);
	room = RTE_MIN(n, room);
	memcpy(held + n_held, text, room);
	n_held += room;
	held[n_held] = '\0';
	return (ssize_t)n;
}

void
tt_dpdk_log_hold(void)
{
	stream = fopencookie(NULL, "w", (cookie_io_functions_t){.write = take});
	if (stream == NULL)
		return;
	setvbuf(stream, NULL, _IOLBF, 0);
	holding = true;
	rte_openlog_stream(stream);
}

void
tt_dpdk_log_mark(void)
{
	if (stream == NULL)
		return;
	flockfile(stream);
	mark = n_held;
	funlockfile(stream);
}

void
tt_dpdk_log_explain(struct tt_error *err)
{
	size_t n = strlen(err->why), length;

	if (stream == NULL)
		return;
	flockfile(stream);
	length = strcspn(held + mark, "\n");
	if (length > 0)
		snprintf(err->why + n, sizeof(err->why) - n, "; DPDK: %.*s", (int)length,
				held + mark);
	funlockfile(stream);
}

void
tt_dpdk_log_release(void)
{
	char *line = held, *end;

	if (stream == NULL)
		return;
	rte_openlog_stream(NULL);
	flockfile(stream);
	holding = false;
	for (; *line != '\0'; line = end + (*end != '\0')) {
		end = line + strcspn(line, "\n");
		if (end > line)
			tt_warn("DPDK: %.*s", (int)(end - line), line);
	}
	funlockfile(stream);
}
