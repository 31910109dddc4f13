/* SPDX-License-Identifier: BSD-3-Clause */
#include "synth_out.h"

#include "tt_hash.h"
#include "tt_packet.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

static void
part_name(char name[PATH_MAX], const char *path, unsigned part)
{
	const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
	size_t stem = strlen(path);

	if (dot != NULL && (slash == NULL || dot > slash + 1))
		stem = (size_t)(dot - path);
	snprintf(name, PATH_MAX, "%.*s-%u%s", (int)stem, path, part, path + stem);
}

int
synth_out_open(struct synth_out *out, const char *path, unsigned n, struct tt_error *err)
{
	char name[PATH_MAX];
	int ret = 0;

	*out = (struct synth_out){0};
	for (; out->n < n && ret == 0; out->n += ret == 0) {
		part_name(name, path, out->n);
		ret = tt_capwriter_open(&out->writers[out->n], n == 1 ? path : name,
				TT_LINK_ETHERNET, err);
	}
	if (ret != 0 && synth_out_close(out, NULL) != 0)
		out->n = 0; /* the error that counts is the first one */
	return ret;
}

/* The file of a frame's source address; the first one for what has none. */
static unsigned
part_of(const struct synth_out *out, const struct tt_frame *frame)
{
	struct tt_packet p;

	if (out->n == 1
			|| tt_packet_decode(frame->data, frame->captured, frame->link, &p)
					!= TT_FATE_COUNTED)
		return 0;
	return (unsigned)(tt_hash_mix(p.src.hi ^ p.src.lo) % out->n);
}

int
synth_out_write(struct synth_out *out, const struct tt_frame *frame, struct tt_error *err)
{
	return tt_capwriter_write(out->writers[part_of(out, frame)], frame, err);
}

int
synth_out_close(struct synth_out *out, struct tt_error *err)
{
	int ret = 0;

	for (unsigned i = 0; i < out->n; i++) {
		int closed = tt_capwriter_close(out->writers[i], ret == 0 ? err : NULL);

		ret = ret == 0 ? closed : ret;
	}
	out->n = 0;
	return ret;
}
