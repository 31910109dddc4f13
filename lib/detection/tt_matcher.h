/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The signatures of a sensor, loaded and compiled once, and what a worker needs to match with them:
 * a matcher, which belongs to one thread. What it finds is counted in the detections of a tally.
 */
#ifndef TT_MATCHER_H
#define TT_MATCHER_H

#include "tt_detections.h"
#include "tt_signature.h"

/* Read-only once opened, shared by all workers; outlives all that was counted by it. */
struct tt_ruleset {
	struct tt_rules rules;
	struct tt_signatures *signatures;
	const char **files; /* [n_files] as rules and remarks name them */
	unsigned n_files;
	char *list; /* their text */
};

/*
 * Loads and compiles the files of a comma-separated list; "" or NULL: gives NULL. Rules that do not
 * load are in its remarks. limits: NULL for defaults. Returns 0; -E2BIG for more than TT_DETECTION_RULES_MAX rules; or what
 * tt_rules_load and tt_signatures_compile return.
 */
int tt_ruleset_open(struct tt_ruleset **set, const char *files,
		const struct tt_rules_options *options,
		const struct tt_signature_limits *limits,
		struct tt_error *err) TT_MUST_CHECK;
void tt_ruleset_close(struct tt_ruleset *set); /* NULL is allowed */

/* "2886 rules sha256:0123456789abcdef", or "none" for NULL; for manifests. */
const char *tt_ruleset_identity(const struct tt_ruleset *set);

struct tt_matcher;

/* Returns 0 or -ENOMEM. set: must outlive it. */
int tt_matcher_create(struct tt_matcher **matcher, const struct tt_ruleset *set,
		struct tt_error *err) TT_MUST_CHECK;
void tt_matcher_destroy(struct tt_matcher *matcher); /* NULL is allowed */

/* The rules that it matches. */
const struct tt_rules *tt_matcher_rules(const struct tt_matcher *matcher);

/*
 * Matches packets[n] of a burst, and has the matches counted: tt_detections_put_off. n at most
 * TT_SIGNATURE_BURST; frames, captured, times_us: [n], as given to tt_packet_decode. detections: by the
 * matcher's rules.
 */
void tt_matcher_burst(struct tt_matcher *matcher, const struct tt_packet *packets,
		const uint8_t *const *frames, const uint32_t *captured,
		const int64_t *times_us, unsigned n, struct tt_detections *detections);

/* What the last burst, or packet, matched: [*n], by packet, then rule; those of rules without alerts as
 * well. Until the next. */
const struct tt_signature_hit *tt_matcher_hits(
		const struct tt_matcher *matcher, unsigned *n);

/* The plain twin that defines the result, of one packet. */
void tt_matcher_one_ref(struct tt_matcher *matcher, const struct tt_packet *packet,
		const uint8_t *frame, uint32_t captured, int64_t time_us,
		struct tt_detections *detections);

#endif
