/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Scanner fingerprints: rules over header fields, read from a file at start and compiled, then
 * read-only and shared by all workers. The language and the file are described in
 * docs/fingerprints.md; rules/fingerprints.yaml is what the project ships.
 *
 * A rule is tested where its `where` holds and the packet's time is in its validity, and matches
 * where `match` holds too. Tested and matched packets are counted for all targets and sources, so
 * that a rule's base rate, and its decay, can be read from every snapshot. Since a relation such
 * as Masscan's holds by chance once in 65,536 packets, it is a source that is judged, not a packet:
 * it carries the fingerprint where at least `source_packets` of its packets match, and they are
 * at least `source_percent` of its tested packets.
 *
 * Rules are evaluated column by column: each step of a rule's program works on all packets of a
 * burst, so that the cost of interpretation is shared. No allocation, no call out.
 */
#ifndef TT_FINGERPRINT_H
#define TT_FINGERPRINT_H

#include "tt_detail.h"
#include "tt_error.h"

#define TT_FINGERPRINT_BURST  256
#define TT_FINGERPRINT_ID_MAX 47

struct tt_fingerprint_rule {
	char id[TT_FINGERPRINT_ID_MAX + 1]; /* "zmap-ip-id" */
	char *title; /* "ZMap before 4.1" */
	char *origin; /* where the rule comes from */
	char *where, *match; /* the expressions, as written; where: "" for all packets */
	int64_t valid_from_us,
			valid_until_us; /* inclusive, exclusive; where the file does not
						* say, TT_TIME_MIN and TT_TIME_MAX + 1 */
	int64_t chance_one_in; /* a packet that is not of the tool matches once in so many */
	uint32_t source_packets; /* matching packets that a source needs, at least 1 */
	uint32_t source_percent; /* of its tested packets, 1 to 100 */
};

struct tt_fingerprints; /* opaque: rules and their programs */

/*
 * Reads and compiles a rules file (YAML); "" or NULL gives a set without rules. Returns 0;
 * -ENOENT and the like for a file that cannot be read; -EINVAL for one that is wrong, with err
 * naming file, line and what; -E2BIG, likewise, for more than TT_FINGERPRINTS_MAX rules, or for rules that
 * take more room than a program has; -EFBIG for a file of a megabyte and more; -ENOMEM.
 */
int tt_fingerprints_open(struct tt_fingerprints **set, const char *path,
		struct tt_error *err) TT_MUST_CHECK;

/* The same of the bytes of a file; name: for messages and the identity. */
int tt_fingerprints_parse(struct tt_fingerprints **set, const char *name,
		const uint8_t *bytes, size_t n, struct tt_error *err) TT_MUST_CHECK;
void tt_fingerprints_close(struct tt_fingerprints *set); /* NULL is allowed */

unsigned tt_fingerprints_count(
		const struct tt_fingerprints *set); /* set may be NULL: 0 */
const struct tt_fingerprint_rule *tt_fingerprints_rule(
		const struct tt_fingerprints *set, unsigned i);

/* "fingerprints.yaml version 1 sha256:0123456789abcdef", or "none"; for manifests. */
const char *tt_fingerprints_identity(const struct tt_fingerprints *set);

/*
 * Tests all rules on decoded packets. packets, times_us: [n], n at most TT_FINGERPRINT_BURST;
 * frames[n], captured[n]: as given to tt_packet_decode. Adds the fingerprints of each packet to
 * details[n] (tt_detail_of_fingerprints).
 */
void tt_fingerprints_burst(const struct tt_fingerprints *set,
		const struct tt_packet *packets, const uint8_t *const *frames,
		const uint32_t *captured, const int64_t *times_us, tt_detail *details,
		unsigned n);

/* The plain twin that defines the result: one packet, each expression walked as a tree. */
tt_detail tt_fingerprints_one_ref(const struct tt_fingerprints *set,
		const struct tt_packet *packet, const uint8_t *frame, uint32_t captured,
		int64_t time_us);

/* Does a source with so many matching among so many tested packets carry the fingerprint? */
static inline bool
tt_fingerprint_judge(
		const struct tt_fingerprint_rule *rule, uint64_t matched, uint64_t tested)
{
	return matched >= rule->source_packets && matched > 0
			&& (unsigned __int128)matched * 100
			>= (unsigned __int128)tested * rule->source_percent;
}

#endif
