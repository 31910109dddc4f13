/* SPDX-License-Identifier: BSD-3-Clause */
/* Writes rules of all forms and options into a folder, as seeds: rules_seeds DIR */
#include "tt_base.h"

static const char *const seeds[] = {
		"# a comment\n"
		"alert tcp $EXTERNAL_NET any -> $HOME_NET [80,8000:8100,!8080] (msg:\"a \\; b\"; "
		"flow:stateless; flags:S+,12; content:\"GET |0d 0a|\\\"\"; nocase; offset:1; "
		"depth:20; content:!\"x\"; distance:-3; within:9; sid:1; rev:2;)\n",
		"alert udp [10.0.0.0/8,!10.1.0.0/255.255.0.0,::1] 53 <> any any \\\n"
		"  (msg:\"b\"; \\\n  content:\"a\", nocase, fast_pattern_offset 1, depth 4; sid:2)\n",
		"alert tcp\n(\n  msg:\"c\";\n  # inside\n  content:\"a;b\",offset 2;\n  sid:3;\n)\n",
		"alert icmp any any -> any any (itype:8; icode:<3; icmp_id:0x10; icmp_seq:!7; "
		"ttl:5-10; tos:x88; id:242; dsize:300<>400; fragbits:MD+; fragoffset:>0; ipopts:lsrr; "
		"ip_proto:!udp; sameip; sid:4; gid:3; priority:2; classtype:x;)\n"
		"config classification: x,X,1,Scan\n",
		"alert tcp any any -> any any (seq:1; ack:0; window:!55808; tcp.mss:<536; "
		"tcp.flags:&0x3f=0x02; tcp.hdr; content:\"|02 04|\"; offset:20; "
		"byte_test:2,<,536,0,big,relative; bsize:20<=>60; isdataat:!10,relative; sid:5;)\n",
		"alert udp any any -> any any (pcre:!\"/a[^\\\"]*b/iRsmxAEGB\"; "
		"byte_extract:2,0,len,relative,little; byte_math:bytes 1, offset 0, oper +, rvalue len, "
		"result sum, string dec, bitmask 0xf0; byte_jump:4,-4,relative,align,multiplier 2,"
		"post_offset -1,from_beginning; content:\"x\"; distance:sum; within:len; "
		"byte_test:0,!&,len,1,string,hex; regex:\"/a/i\",relative; sid:6;)\n",
		"var A [1.1.1.1,$B]\nipvar B ![2.2.2.2-2.2.2.9,any]\nportvar P :1023\n"
		"alert tcp $A $P -> !$A !$P (flowbits:set,a; threshold:type limit, track by_src, "
		"count 1, seconds 60; sid:7;)\n"
		"alert tcp any any -> any any (flowbits:isset,a|b; flowbits:isnotset,c&d; noalert; "
		"detection_filter:track by_dst, count 3, seconds 5, unique_on dst_port; "
		"metadata:category UDP spam, x y; sid:8;)\n",
		"alert http any any -> any any (http.uri; content:\"x\"; sid:9;)\n"
		"alert tcp any any -> any any (flow:established; uricontent:\"x\"; sid:9;)\n"
		"alert tcp any any -> any any (asn1:bitstring_overflow; sid:10;)\npass ip any any -> any any "
		"(sid:11;)\ninclude x.rules\nalert ip any any -> any any (content:\"|zz|\"; sid:12;)\n",
		"ipvar A [1.1.1.1,![2.2.2.2,!$B]]\nipvar B [$C,!::/1]\nipvar C 0.0.0.0/0\n"
		"alert tcp $A any -> ::/0 80 (ttl:<5; ttl:!4; flags:S+; flags:!A; dsize:3<>9; "
		"content:\"abc\"; offset:2; content:\"d\"; distance:-1; isdataat:!8; sid:1;)\n"
		"alert ip any any -> any any (flowbits:isset,a; flowbits:set,b; sid:2;)\n"
		"alert ip any any -> any any (flowbits:isset,b; flowbits:set,a; sid:3;)\n"
		"config classification: a,b,1\nalert ip any any -> any any (classtype:z; sid:4;)\n",
		"%YAML 1.1\n---\nvars:\n  address-groups:\n    HOME_NET: \"[10.0.0.0/8]\"\n"
		"  port-groups:\n    P: \"!80\"\n",
};

int
main(int argc, char **argv)
{
	for (unsigned i = 0; argc == 2 && i < TT_ARRAY_SIZE(seeds); i++) {
		char path[4096];
		FILE *f;

		snprintf(path, sizeof(path), "%s/%u.rules", argv[1], i);
		f = fopen(path, "w");
		if (f == NULL || fputs(seeds[i], f) == EOF || fclose(f) != 0) {
			perror(path);
			return 1;
		}
	}
	return argc == 2 ? 0 : 2;
}
