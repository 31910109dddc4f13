/* SPDX-License-Identifier: BSD-3-Clause */
/* What is said of rules that do not load; columns are those of the file. Options begin at column 31. */
#include "rules_bed.h"

static void
broken(const char *options, const char *why)
{
	expect_option(options, TT_RULE_BROKEN, why);
}

static void
broken_contents(void **state)
{
	broken("content:\"|0|\";", "content: half a byte in hexadecimal at column 42");
	broken("content:\"|00\";", "content: unfinished hexadecimal at column 40");
	broken("content:\"|0g|\";", "content: no hexadecimal digit: 'g' at column 42");
	broken("content:\"\";", "content: no bytes at column 40");
	broken("content:a;", "no text in quotes at column 39");
	broken("content:\"a;", "quotes that do not end at column 39");
	broken("content:;", "content: no value at column 31");
	broken("content:\"a\" nocase;",
			"content: text behind the closing quote at column 43");
	broken("nocase;", "nocase: no content before it at column 31");
	broken("content:\"abc\"; depth:2;",
			"depth: no number from 3 to 65535: \"2\" at column 52");
	broken("content:\"abc\"; within:2;",
			"within: no number from 3 to 1048576: \"2\" at column 53");
	broken("content:\"a\"; offset:1; distance:2;",
			"distance: cannot stand beside the others of this content at column 54");
	broken("content:\"a\"; within:1; depth:2;",
			"depth: cannot stand beside the others of this content at column 54");
	broken("content:\"a\"; depth:1; depth:2;",
			"depth: cannot stand beside the others of this content at column 53");
	broken("content:\"a\"; startswith; offset:2;",
			"offset: cannot stand beside the others of this content at column 56");
	broken("content:\"a\"; offset:x;",
			"offset: no byte_extract or byte_math before it has the variable \"x\" at "
			"column 51");
	broken("isdataat:10,absolute;", "isdataat: unknown: \"absolute\" at column 43");
	broken("isdataat:-1;",
			"isdataat: no number from 0 to 65535: \"-1\" at column 40");
}

static void
broken_patterns(void **state)
{
	broken("pcre:\"/a(b/\";", "pcre: missing closing parenthesis at column 41");
	broken("pcre:\"/a/q\";", "pcre: unknown modifier 'q' at column 40");
	broken("pcre:\"a\";", "pcre: does not begin with a slash at column 37");
	broken("pcre:\"/a\";", "pcre: no end of the pattern at column 37");
	broken("pcre:\"/[\\d-a]/\";",
			"pcre: invalid range in character class at column 41");
	broken("regex:\"/a/\",fast;", "regex: unknown: \"fast\" at column 43");
}

static void
broken_byte_options(void **state)
{
	broken("byte_test:4,>,1;", "byte_test: too few values at column 31");
	broken("byte_test:4,~,1,0;", "byte_test: no operator: \"~\" at column 43");
	broken("byte_test:9,=,1,0;",
			"byte_test: 9 bytes; 1 to 8 can be converted at column 41");
	broken("byte_test:0,=,1,0;",
			"byte_test: 0 bytes; 1 to 8 can be converted at column 41");
	broken("byte_test:24,=,1,0,string;",
			"byte_test: no number from 0 to 23: \"24\" at column 41");
	broken("byte_test:1,=,1,0,hex;",
			"byte_test: a base without \"string\" at column 31");
	broken("byte_test:1,=,1,0,middle;",
			"byte_test: unknown: \"middle\" at column 49");
	broken("byte_test:1,=,y,0;",
			"byte_test: no byte_extract or byte_math before it has the variable \"y\" at "
			"column 45");
	broken("byte_jump:1,0,from_end,from_beginning;",
			"byte_jump: from_beginning and from_end at column 31");
	broken("byte_jump:1,0,align 3;",
			"byte_jump: align: not 2 or 4: \"3\" at column 51");
	broken("byte_extract:1,0;", "byte_extract: too few values at column 31");
	broken("byte_extract:1,0,x,multiplier 0;",
			"byte_extract: no number from 1 to 65535: \"0\" at column 61");
	broken("rpc:*,2,3;", "rpc: no number from 0 to 4294967295: \"*\" at column 35");
	broken("rpc:100000,x;",
			"rpc: no number from 0 to 4294967295: \"x\" at column 42");
	broken("rpc:100000,2,3,4;", "rpc: too many values at column 46");
	broken("byte_math:bytes 1, offset 0, oper +, rvalue 1;",
			"byte_math: not all of bytes, offset, oper, rvalue, result at column 31");
	broken("byte_math:bytes 1, offset 0, oper %, rvalue 1, result x;",
			"byte_math: no operator: \"%\" at column 65");
	broken("byte_math:bytes 5, offset 0, oper +, rvalue 1, result x;",
			"byte_math: 5 bytes; 1 to 4 can be converted at column 41");
	broken("byte_math:bytes 11, offset 0, oper +, rvalue 1, result x, string dec;",
			"byte_math: 11 bytes; 1 to 10 can be converted at column 41");
	broken("byte_test:1,=,1,0,bitmask 0;",
			"byte_test: bitmask: no number from 1 to 0xffffffff: \"0\" at column 57");
}

static void
broken_headers(void **state)
{
	broken("ttl:256;", "ttl: no number from 0 to 255: \"256\" at column 35");
	broken("ttl:>255;", "ttl: holds of no number: \">255\" at column 35");
	broken("ttl:<0;", "ttl: holds of no number: \"<0\" at column 35");
	broken("ttl:3-4;",
			"ttl: no number lies between, exclusively: \"3-4\" at column 35");
	broken("ttl:5<=>4;", "ttl: a range that is backwards: \"5<=>4\" at column 35");
	broken("ttl:;", "ttl: no value at column 31");
	broken("ttl:a;", "ttl: no number from 0 to 255: \"a\" at column 35");
	broken("dsize:1<>;", "dsize: no number from 0 to 65535: \"\" at column 40");
	broken("ip_proto:xyz;",
			"ip_proto: no number from 0 to 255: \"xyz\" at column 40");
	broken("flags:SX;", "flags: no such bit or modifier: 'X' at column 38");
	broken("flags:+;", "flags: no bits at column 31");
	broken("vlan.id:4096;",
			"vlan.id: no number from 0 to 4095: \"4096\" at column 39");
	broken("sctp.chunk_type:unit;",
			"sctp.chunk_type: no number from 0 to 255: \"unit\" at column 47");
	broken("tcpv4-csum:maybe;",
			"tcpv4-csum: neither valid nor invalid: \"maybe\" at column 42");
	broken("l3_proto:ipv5;", "l3_proto: no version of IP: \"ipv5\" at column 40");
	broken("ttl:&0xf0=0x11;",
			"ttl: a value with bits that the mask lacks: \"&0xf0=0x11\" at column 35");
	broken("ttl:&0xf0;", "ttl: no mask and value: \"&0xf0\" at column 35");
	broken("ip_proto:3-pc;",
			"ip_proto: no number from 0 to 255: \"pc\" at column 42");
	broken("flags:&0x02=0x01;",
			"flags: no mask and value: \"&0x02=0x01\" at column 37");
	broken("fragbits:Q;", "fragbits: no such bit or modifier: 'Q' at column 40");
	broken("ipopts:none;", "ipopts: no such option: \"none\" at column 38");
	broken("flow:sideways;", "flow: unknown: \"sideways\" at column 36");
}

static void
broken_counts_and_bits(void **state)
{
	broken("threshold:type limit, track by_src, count 1;",
			"threshold: not all of type, track, count, seconds at column 31");
	broken("threshold:type never, track by_src, count 1, seconds 1;",
			"threshold: unknown: \"never\" at column 41");
	broken("threshold:type limit, track by_src, count 0, seconds 1;",
			"threshold: no number from 1 to 4294967295: \"0\" at column 73");
	broken("detection_filter:track by_src, count 1, seconds 1, count 2;",
			"detection_filter: \"count\" is given twice at column 82");
	broken("detection_filter:type limit, track by_src, count 1, seconds 1;",
			"detection_filter: has no \"type\" at column 31");
	broken("threshold:type limit, track by_src, count 1, seconds 1; "
	       "detection_filter:track by_src, count 1, seconds 1;",
			"detection_filter: one threshold or detection_filter is all that a rule "
			"has at column 87");
	broken("flowbits:set;", "flowbits: no name at column 40");
	broken("flowbits:set,;", "flowbits: no name at column 40");
	broken("flowbits:isset,a||b;", "flowbits: an empty name at column 46");
	broken("flowbits:jump,a;", "flowbits: unknown: \"jump\" at column 40");
	expect_outcome("alert ip any any -> any any (detection_filter:track by_src, count 1, "
		       "seconds 1, unique_on dst_port; sid:1;)",
			TT_RULE_BROKEN,
			"detection_filter: unique_on a port, in a rule of neither tcp nor udp at "
			"column 30");
}

static void
broken_rules(void **state)
{
	expect_outcome("alert", TT_RULE_BROKEN,
			"a head has action, protocol, address, port, direction, address, port; not "
			"less at column 1");
	expect_outcome("alert tcp any any -> any (sid:1;)", TT_RULE_BROKEN,
			"a head has action, protocol, address, port, direction, address, port; not "
			"less at column 1");
	expect_outcome("alert tcp any any -> any any any (sid:1;)", TT_RULE_BROKEN,
			"a head has action, protocol, address, port, direction, address, port; not "
			"more at column 30");
	expect_outcome("alert tcp any any <- any any (sid:1;)", TT_RULE_BROKEN,
			"no direction: \"<-\" at column 19");
	expect_outcome("alert xtp any any -> any any (sid:1;)", TT_RULE_BROKEN,
			"no protocol: \"xtp\" at column 7");
	expect_outcome("alert tcp any any -> any any", TT_RULE_BROKEN,
			"no options at column 29");
	expect_outcome("alert tcp any any -> any any (msg:\"a\";)", TT_RULE_BROKEN,
			"no sid at column 1");
	expect_outcome("alert tcp any any -> any any (sid:0;)", TT_RULE_BROKEN,
			"sid: no number from 1 to 4294967295: \"0\" at column 35");
	expect_outcome("alert tcp any any -> any any (sid:1; sid:2;)", TT_RULE_BROKEN,
			"sid: given twice at column 38");
	expect_outcome("alert tcp any any -> any any (rev:0; rev:2; sid:1;)",
			TT_RULE_BROKEN, "rev: given twice at column 38");
	broken("nocase depth:5;",
			"no option, or no semicolon before it: \"nocase depth\" at column 37");
	broken("msg:\"a\" flow;",
			"msg: no semicolon behind the closing quote at column 38");
	broken("msg:\"a\" content:\"b\";",
			"msg: no semicolon behind the closing quote at column 38");
	broken("msg:\"a\\\" b\"  ttl:5; content:\"b\";",
			"msg: no semicolon behind the closing quote at column 42");
	broken("classtype:misc-activity rev:2;",
			"classtype: no name, or no semicolon behind it: \"misc-activity rev:2\" at "
			"column 54");
	expect_outcome("alert tcp any any -> any any (msg:\"a\"; sid:1)", TT_RULE_BROKEN,
			"no semicolon behind the last option at column 45");
	expect_outcome("alert tcp any any -> any any (sid:1; content:\"a;\" )",
			TT_RULE_BROKEN,
			"no semicolon behind the last option at column 50");
}

static void
many_options(const char *option, const char *why)
{
	char text[64 * 300] = "";
	size_t n = 0;

	n += (size_t)snprintf(text, sizeof(text), "alert tcp any any -> any any (");
	for (unsigned i = 0; i < 257; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%03u;", option, i);
	snprintf(text + n, sizeof(text) - n, "sid:1;)\n");
	expect_outcome(text, TT_RULE_BROKEN, why);
}

static void
rules_without_end_are_broken(void **state)
{
	many_options("isdataat:", "more than 256 options of the payload at column 3359");
	many_options("seq:!", "more than 256 options of the header at column 2335");
}

static void
places_in_continued_lines_are_those_of_the_file(void **state)
{
	expect_outcome("# one\nalert tcp any any -> any any ( \\\n  msg:\"a\"; \\\n  ttl:x; \\\n"
		       "  sid:1;)\n",
			TT_RULE_BROKEN,
			"ttl: no number from 0 to 255: \"x\" at line 4, column 7");
	expect_outcome("alert tcp any any -> any any\n(\n  ttl:x;\n  sid:1;\n)\n",
			TT_RULE_BROKEN,
			"ttl: no number from 0 to 255: \"x\" at line 3, column 7");
}

static void
unreachable(const char *options, const char *why)
{
	expect_option(options, TT_RULE_UNREACHABLE, why);
}

static void
what_needs_a_session_is_unreachable(void **state)
{
	unreachable("flow:to_server,established;", "flow:established");
	unreachable("flow:only_stream;", "flow:only_stream");
	unreachable("flow:only_frag;", "flow:only_frag");
	unreachable("content:\"a\"; http_uri;", "option http_uri");
	unreachable("http.user_agent; content:\"a\"; startswith;",
			"option http.user_agent");
	unreachable("uricontent:\"a\"; nocase; depth:5;", "option uricontent");
	unreachable("pcre:\"/a/Ui\";", "pcre: modifier U, a buffer of HTTP");
	unreachable("file_data; content:\"a\";", "option file_data");
	unreachable("dce_iface:x;", "option dce_iface");
	unreachable("byte_test:4,>,1,0,dce;", "byte_test: dce, DCE/RPC's parser");
	unreachable("byte_math:bytes 4,offset 0,oper +,rvalue 1,result r,endian dce;",
			"byte_math: dce, DCE/RPC's parser");
	unreachable("stream_size:both,>,5;", "option stream_size");
	unreachable("app-layer-protocol:http;", "option app-layer-protocol");
	unreachable("decode-event:ipv4.opt_duplicate;", "option decode-event");
	unreachable("asn1:x; flow:established;", "flow:established");
	expect_outcome("alert http any any -> any any (sid:1;)", TT_RULE_UNREACHABLE,
			"protocol http, an application's parser");
	expect_outcome("alert tcp-stream any any -> any any (sid:1;)",
			TT_RULE_UNREACHABLE, "protocol tcp-stream, a stream");
	expect_outcome("alert pkthdr any any -> any any (sid:1;)", TT_RULE_UNREACHABLE,
			"protocol pkthdr, packets that are none");
	expect_outcome("alert arp any any -> any any (sid:1;)", TT_RULE_UNREACHABLE,
			"protocol arp, not IP");
	expect_outcome("alert tcp any any => any any (sid:1;)", TT_RULE_UNREACHABLE,
			"direction =>, transactions of an application");
	expect_outcome("alert ( gid:116; sid:1; )", TT_RULE_UNREACHABLE,
			"no protocol: an event of the engine");
}

static void
never(const char *options, const char *what)
{
	char why[128];

	snprintf(why, sizeof(why),
			"never matches: its conditions on %s exclude each other", what);
	unreachable(options, why);
}

static void
never_of(const char *head, const char *options, const char *what)
{
	char text[512], why[128];

	snprintf(text, sizeof(text), "alert %s (%s sid:1;)\n", head, options);
	snprintf(why, sizeof(why),
			"never matches: its conditions on %s exclude each other", what);
	expect_outcome(text, TT_RULE_UNREACHABLE, why);
}

static void
loads(const char *head, const char *options)
{
	struct tt_rules rules;
	char text[512];

	snprintf(text, sizeof(text), "alert %s (%s sid:1;)\n", head, options);
	read_whole(&rules, text);
	tt_rules_fini(&rules);
}

static void
what_excludes_itself_never_matches(void **state)
{
	never("flags:S; ip_proto:17;", "the protocol");
	never("itype:8;", "the protocol");
	never("icmpv4.hdr; content:\"a\";", "the protocol");
	never("ttl:<5; ttl:>4;", "ttl");
	never("ttl:5-10; ttl:!6; ttl:!7; ttl:!8; ttl:!9;", "ttl");
	never("dsize:>10; dsize:<5;", "dsize");
	expect_option("flags:SE,CE;", TT_RULE_UNREACHABLE,
			"never matches: it wants flags that its mask leaves out");
	expect_option("flags:S+,S;", TT_RULE_UNREACHABLE,
			"never matches: it wants flags that its mask leaves out");
	expect_option("flags:*12,CE;", TT_RULE_UNREACHABLE,
			"never matches: it wants flags that its mask leaves out");
	never("flags:S; flags:A+;", "flags");
	never("flags:S+; flags:!S;", "flags");
	never("fragbits:D+; fragbits:!D;", "fragbits");
	never("fragoffset:>0;", "fragments");
	never_of("sctp any any -> any 5", "fragoffset:>0;", "fragments");
	never_of("ip any any -> any any", "fragoffset:!0; dsize:>5;", "fragments");
	never("tos:1; ipv6.hdr; content:\"a\";", "the version of IP");
	never_of("udp any any -> any any", "flags:S;", "the protocol");
	never_of("icmp any 80 -> any any", "", "the protocol");
	never_of("icmp any any -> any any", "ip_proto:6;", "the protocol");
	never_of("ip any any -> any any", "ip_proto:6; ip_proto:!6;", "the protocol");
	never_of("ip any any -> any any", "itype:8; seq:1;", "the protocol");
	never_of("ip 192.0.2.0/24 any -> 2001:db8::/32 any", "", "the version of IP");
	never_of("tcp6 192.0.2.0/24 any -> any any", "", "the version of IP");
	never_of("ip6 any any -> any any", "id:1;", "the version of IP");
	unreachable("dsize:<5; content:\"abcde\";",
			"never matches: it needs 5 bytes of payload, and allows 4");
	unreachable("content:\"abc\"; offset:2; content:\"de\"; distance:1; dsize:7;",
			"never matches: it needs 8 bytes of payload, and allows 7");
	unreachable("dsize:0; content:!\"a\";",
			"never matches: it needs 1 bytes of payload, and allows 0");
	unreachable("content:\"abc\"; isdataat:!2;",
			"never matches: it needs 3 bytes of payload, and allows 2");
}

static void
contents_that_exclude_each_other_never_match(void **state)
{
	static const char
			*const room = "never matches: a content has no room within its "
				      "limits",
			       *const other = "never matches: contents want different "
					      "bytes at one place",
			       *const part = "never matches: a content that must not be "
					     "there is part of others";

	unreachable("content:\"abc\"; depth:3; content:\"x\"; distance:-5; within:1;",
			room);
	unreachable("content:\"GET\"; depth:3; content:\"POST\"; depth:4;", other);
	unreachable("content:\"GET\"; startswith; content:\"x\"; offset:2; depth:1;",
			other);
	unreachable("content:\"ab\"; depth:2; content:\"cd\"; within:2; content:\"D\"; "
		    "offset:3; depth:1;",
			other);
	unreachable("content:\"get\"; depth:3; nocase; content:\"x\"; offset:1; depth:1;",
			other);
	unreachable("content:\"ab\"; depth:2; content:!\"b\"; offset:1; depth:1;", part);
	unreachable("content:\"ab\"; depth:2; content:!\"A\"; nocase; depth:1;", part);
}

static void
what_may_match_is_loaded(void **state)
{
	static const char *const tcp = "tcp any any -> any any";
	static const char *const ip = "ip any any -> any any";

	loads(tcp, "ip_proto:6; flags:S; dsize:5; content:\"abcde\";");
	loads(tcp, "content:\"abc\"; offset:10; depth:3; dsize:13;");
	loads(tcp, "content:\"abc\"; content:\"abc\"; distance:-3; dsize:3;");
	loads(tcp, "content:\"abc\"; content:\"abc\"; dsize:3;");
	loads(tcp, "content:\"ab\"; pcre:\"/c/\"; content:\"d\"; within:9; dsize:3;");
	loads(tcp, "content:\"abc\"; content:\"x\"; distance:-5; within:1;");
	loads(tcp, "content:\"abcd\"; depth:4; content:\"b\"; distance:-5; within:3;");
	loads(tcp, "content:\"GET\"; depth:3; content:\"ET\"; offset:1; depth:2;");
	loads(tcp, "content:\"GET\"; depth:4; content:\"POST\"; depth:5;");
	loads(tcp, "content:\"get\"; depth:3; nocase; content:\"GET\"; depth:3;");
	loads(tcp, "content:\"get\"; depth:3; nocase; content:!\"get\"; depth:3;");
	loads(tcp, "content:\"ab\"; depth:2; content:!\"b\"; offset:1; depth:2;");
	loads(tcp, "content:\"ab\"; depth:2; content:!\"bc\"; offset:1; depth:2;");
	loads(tcp,
			"content:\"a\"; depth:1; pcre:\"/b/\"; content:\"c\"; distance:-1; "
			"within:1;");
	loads(tcp, "byte_jump:1,0; content:\"a\"; distance:-9; within:1;");
	loads(tcp,
			"byte_extract:1,0,n; content:\"a\"; offset:n; depth:1; content:\"b\"; "
			"depth:1;");
	loads(tcp, "ttl:5-10; ttl:!6; ttl:!7; ttl:!8;");
	loads(tcp, "flags:S+; flags:!A;");
	loads(tcp, "flags:*SE,CE;");
	loads(tcp, "flags:!SE,CE;");
	loads(tcp, "flags:0,12;");
	loads(tcp, "dsize:0; bsize:0;");
	loads(ip, "ip_proto:!6; ip_proto:!17;");
	loads(ip, "ip_proto:17; udp.hdr; content:\"a\";");
	loads(ip, "flags:S; tos:1; ttl:1;");
	loads(ip, "fragoffset:>0; ip_proto:6; content:\"a\";");
	loads(tcp, "fragoffset:0; fragbits:M;");
	loads("icmp any any -> any any", "ip_proto:58; itype:128;");
	loads("ip [192.0.2.0/24,2001:db8::/32] any -> 2001:db8::/32 any", "");
	loads("ip6 !192.0.2.0/24 any -> any any", "");
	loads("tcp4 !2001:db8::/32 any -> any any", "");
}

static void
unsupported(const char *options, const char *why)
{
	expect_option(options, TT_RULE_UNSUPPORTED, why);
}

static void
what_is_not_known_is_named(void **state)
{
	expect_outcome("alert ip any any -> any any (rpc:100000,*,*; sid:1;)\n",
			TT_RULE_UNSUPPORTED, "option rpc, but of tcp and udp");
	unsupported("asn1:double_overflow;", "option asn1");
	unsupported("contnet:\"a\";", "option contnet");
	unsupported("lua:x.lua;", "option lua");
	unsupported("content:\"a\",width 16;", "option content: width");
	unsupported("bufferlen:>5,relative;", "option bufferlen: relative");
	unsupported("xbits:isset,a,track ip_src;", "option xbits: isset");
	unsupported("flowint:a,>,5;", "option flowint: >");
	unsupported("flowbits:setx,a,g;", "option flowbits: setx");
	unsupported("threshold:type backoff, track by_flow, count 1, multiplier 2;",
			"option threshold: backoff");
	unsupported("regex;", "option regex without a pattern");
	unsupported("soid:3|17775;", "option soid");
	expect_outcome("pass tcp any any -> any any (sid:1;)", TT_RULE_UNSUPPORTED,
			"action pass");
	expect_outcome("alert tcp:flow_start any any -> any any (sid:1;)",
			TT_RULE_UNSUPPORTED, "hook tcp:flow_start");
	unsupported("vlan.id:5,nb>1;", "option vlan.id: nb>1");
	expect_outcome("include other.rules", TT_RULE_UNSUPPORTED, "directive include");
	expect_outcome("config classification: a,b\n", TT_RULE_BROKEN,
			"a classification is \"name,description,priority\" and may have a category");
}

/* Stubs of Snort's compiled rules would match all of their heads; policies alone make none of a rule. */
static void
what_is_compiled_elsewhere_is_not_matched(void **state)
{
	const char *const why = "metadata: what it looks for is in a shared object";
	struct tt_rules rules;

	unsupported("metadata: engine shared, soid 3|17775, policy max-detect-ips drop;",
			why);
	unsupported("metadata:policy x drop,engine shared;", why);
	unsupported("content:\"a\"; metadata:soid 3|17775;", why);
	read_rule(&rules, "metadata:engine own, engine, policy shared, rule-type soid;");
	tt_rules_fini(&rules);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
			cmocka_unit_test(broken_contents),
			cmocka_unit_test(broken_patterns),
			cmocka_unit_test(broken_byte_options),
			cmocka_unit_test(broken_headers),
			cmocka_unit_test(broken_counts_and_bits),
			cmocka_unit_test(broken_rules),
			cmocka_unit_test(rules_without_end_are_broken),
			cmocka_unit_test(places_in_continued_lines_are_those_of_the_file),
			cmocka_unit_test(what_needs_a_session_is_unreachable),
			cmocka_unit_test(what_excludes_itself_never_matches),
			cmocka_unit_test(contents_that_exclude_each_other_never_match),
			cmocka_unit_test(what_may_match_is_loaded),
			cmocka_unit_test(what_is_not_known_is_named),
			cmocka_unit_test(what_is_compiled_elsewhere_is_not_matched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
