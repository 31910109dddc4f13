/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * What synthetic darknet traffic is made of: a profile names the monitored addresses, a span of
 * time, and the components that arrive in it, each with a target, a rate and its sources. The
 * text form is YAML and is described in docs/profiles.md.
 *
 * Read once, on the heap, in proportion to the file (at most TT_PROFILE_BYTES_MAX); then
 * read-only and good for any number of generators in any thread. libcyaml checks the structure,
 * this module the values; every message names the file and the line. A profile that parses can
 * be generated, but for what depends on the country database (see tt_synth_create).
 */
#ifndef TT_PROFILE_H
#define TT_PROFILE_H

#include "tt_class.h"
#include "tt_error.h"
#include "tt_prefix.h"

#define TT_PROFILE_BYTES_MAX      (4 << 20)
#define TT_PROFILE_COMPONENTS_MAX 4096
#define TT_PROFILE_SHARES_MAX     256 /* countries per component */
#define TT_PROFILE_SOURCES_MAX    (1 << 24) /* per component */
#define TT_PROFILE_DURATION_MAX   (366 * INT64_C(86400) * TT_US_PER_S)
#define TT_PROFILE_PACKETS_MAX    INT64_C(1000000000000)
#define TT_PROFILE_IP_BYTES_MAX   1500 /* what an Ethernet frame carries */
#define TT_PROFILE_TAGS_MAX       4
#define TT_PROFILE_OPTIONS_MAX    40 /* RFC 9293 section 3.1: data offset of at most 15 */

/* A part of a component's packets and hosts that comes from one country. */
struct tt_profile_share {
	char country[3]; /* two letters; "" is any public address */
	double weight; /* > 0, relative to the others of the component */
};

/* An inclusive range of which each packet (or host) takes one value. */
struct tt_profile_span {
	uint32_t first, last;
};

enum tt_profile_scan {
	TT_PROFILE_SCAN_RANDOM, /* every packet to any monitored address */
	TT_PROFILE_SCAN_SEQUENTIAL, /* ascending, from an address that the seed chooses */
	TT_PROFILE_SCAN_ONE, /* all to one address that the seed chooses */
};

/* Where a header field that scanners give away comes from. */
enum tt_profile_field {
	TT_PROFILE_FIELD_RANDOM,
	TT_PROFILE_FIELD_FIXED, /* e.g. the IP ID 54321 of ZMap before 4.1 */
	TT_PROFILE_FIELD_DESTINATION, /* the destination address: the sequence number of Mirai */
	TT_PROFILE_FIELD_MASSCAN, /* destination ^ port ^ sequence: the IP ID of masscan */
};

struct tt_profile_component {
	char *name; /* for messages and statistics */
	struct tt_target target; /* number -1: any port of destination_port */
	unsigned ip_version; /* 4 or 6 */
	enum tt_class class;
	uint16_t tcp_flags; /* those that make the class, or the profile's */
	bool has_flags; /* the profile says them */
	struct tt_target quotes; /* ICMP errors: what the quoted packet was sent to */
	bool has_quotes;

	double rate; /* packets per second; used where packets is 0 */
	bool rate_per_address; /* rate is that of each monitored address */
	int64_t packets; /* exact number instead of a rate */
	double daily_amplitude; /* 0 to 1: rate x (1 + amplitude cos(…)), peak once a day */
	double daily_peak; /* hour of the day, UTC */
	int64_t from_us, to_us; /* inside the duration; to_us -1 is its end */

	int64_t sources; /* distinct hosts; 0: a new one for every packet */
	double zipf; /* exponent of the hosts' weights; 0: all alike */
	char *hosts; /* components that name the same set draw the same hosts; or NULL */
	struct tt_profile_share *shares; /* [n_shares] */
	unsigned n_shares;

	struct tt_profile_span source_port, destination_port, ttl, window;
	enum tt_profile_scan scan;
	enum tt_profile_field ip_id, seq;
	uint32_t ip_id_value, seq_value;
	uint8_t tcp_options[TT_PROFILE_OPTIONS_MAX];
	unsigned n_tcp_options; /* bytes, a multiple of four */
	uint16_t vlan[TT_PROFILE_TAGS_MAX]; /* outermost first */
	unsigned n_vlans;
	uint8_t *payload; /* [payload_bytes], after the transport header */
	uint32_t payload_bytes;
	uint32_t ip_bytes; /* with the IP header */
};

struct tt_profile {
	char *name;
	int64_t start_us, duration_us;
	struct tt_prefix_set monitored; /* of either IP version */
	struct tt_profile_component *components; /* [n_components] */
	unsigned n_components;
};

/* Reads the profile at path. Returns 0, or a negative errno with err naming file and line. */
int tt_profile_load(struct tt_profile **profile, const char *path,
		struct tt_error *err) TT_MUST_CHECK;

/* The same from memory: text[size], which messages call `name`. */
int tt_profile_parse(struct tt_profile **profile, const char *name, const uint8_t *text,
		size_t size, struct tt_error *err) TT_MUST_CHECK;

void tt_profile_destroy(struct tt_profile *profile);

#endif
