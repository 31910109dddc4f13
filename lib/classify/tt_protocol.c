/* SPDX-License-Identifier: BSD-3-Clause */
/* IP protocols by the keywords of IANA's registry; the others go by their number. */
#include "tt_class.h"
#include "tt_digits.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static const char *const protocol_names[256] = {
		[0] = "HOPOPT",
		[1] = "ICMP",
		[2] = "IGMP",
		[3] = "GGP",
		[4] = "IPv4",
		[5] = "ST",
		[6] = "TCP",
		[7] = "CBT",
		[8] = "EGP",
		[9] = "IGP",
		[17] = "UDP",
		[27] = "RDP",
		[33] = "DCCP",
		[41] = "IPv6",
		[43] = "IPv6-Route",
		[44] = "IPv6-Frag",
		[46] = "RSVP",
		[47] = "GRE",
		[50] = "ESP",
		[51] = "AH",
		[55] = "MOBILE",
		[58] = "ICMPv6",
		[59] = "IPv6-NoNxt",
		[60] = "IPv6-Opts",
		[88] = "EIGRP",
		[89] = "OSPFIGP",
		[94] = "IPIP",
		[97] = "ETHERIP",
		[98] = "ENCAP",
		[103] = "PIM",
		[108] = "IPComp",
		[112] = "VRRP",
		[115] = "L2TP",
		[132] = "SCTP",
		[135] = "Mobility",
		[136] = "UDPLite",
		[137] = "MPLS-in-IP",
		[139] = "HIP",
		[140] = "Shim6",
		[143] = "Ethernet",
};

const char *
tt_protocol_name(uint8_t protocol, char text[16])
{
	if (protocol_names[protocol] != NULL)
		return protocol_names[protocol];
	snprintf(text, 16, "%u", protocol);
	return text;
}

int
tt_protocol_parse(const char *name, uint8_t *protocol)
{
	int32_t number;

	/* Nearly all are one of these. */
	if (strcmp(name, "TCP") == 0 || strcmp(name, "UDP") == 0) {
		*protocol = *name == 'T' ? TT_PROTO_TCP : TT_PROTO_UDP;
		return 0;
	}
	number = tt_digits_parse(&name, 255);
	if (number >= 0) {
		*protocol = (uint8_t)number;
		return *name == '\0' ? 0 : -EINVAL;
	}
	for (unsigned i = 0; i < TT_ARRAY_SIZE(protocol_names); i++) {
		if (protocol_names[i] != NULL
				&& strcasecmp(name, protocol_names[i]) == 0) {
			*protocol = (uint8_t)i;
			return 0;
		}
	}
	return -EINVAL;
}
