/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_packet.h"

#include <string.h>

static const char *const fate_names[TT_N_FATES] = {
		[TT_FATE_COUNTED] = "counted",
		[TT_FATE_OUTGOING] = "outgoing",
		[TT_FATE_NOT_MONITORED] = "not-monitored",
		[TT_FATE_ARP] = "arp",
		[TT_FATE_NOT_IP] = "not-ip",
		[TT_FATE_UNKNOWN_LINK_TYPE] = "unknown-link-type",
		[TT_FATE_TOO_DEEP] = "too-deep",
		[TT_FATE_TRUNCATED_LINK] = "truncated-link",
		[TT_FATE_TRUNCATED_IP] = "truncated-ip",
		[TT_FATE_TRUNCATED_TRANSPORT] = "truncated-transport",
		[TT_FATE_BAD_IP_VERSION] = "bad-ip-version",
		[TT_FATE_BAD_IP_HEADER] = "bad-ip-header",
		[TT_FATE_BAD_TRANSPORT] = "bad-transport",
};

static const char *const encap_names[] = {"vlan", "qinq", "mpls", "pppoe", "llc-snap"};

static const char *const flag_names[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE",
		"CWR", "AE", "R1", "R2", "R3"};

const char *
tt_fate_name(enum tt_fate fate)
{
	TT_ASSERT((unsigned)fate < TT_N_FATES);
	return fate_names[fate];
}

/* Joins the names of the set bits with '+'; all of them together fit into 64 bytes. */
static char *
join(unsigned bits, const char *const *names, size_t n_names, char text[64])
{
	char *end = text;

	*end = '\0';
	for (size_t i = 0; i < n_names; i++) {
		if (!(bits >> i & 1))
			continue;
		if (end != text)
			*end++ = '+';
		end = stpcpy(end, names[i]);
	}
	return end == text ? strcpy(text, "none") : text;
}

char *
tt_encap_format(uint8_t encap, char text[64])
{
	return join(encap, encap_names, TT_ARRAY_SIZE(encap_names), text);
}

char *
tt_tcp_flags_format(uint16_t flags, char text[64])
{
	return join(flags, flag_names, TT_ARRAY_SIZE(flag_names), text);
}
