/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Names that the engines know and that lead nowhere here: options without influence on matching,
 * options and protocols of sessions, streams and applications. All that is neither here nor
 * in tt_rule_keywords.c is unsupported, and named.
 */
#include "tt_rule_parse.h"

#include <string.h>

/* Notes for people, and what an engine does once it has detected. */
static const char *const ignored[] = {"reference", "target", "rem", "tag", "logto",
		"session", "resp", "react", "replace", "service", "prefilter", "requires",
		"bypass", "nfq_set_mark", "alert", "activates", "activated_by", "count"};

/* Beginnings of names, before a full stop, an underscore or a hyphen. */
static const char *const namespaces[] = {"app-layer", "bittorrent", "cip", "dce",
		"dcerpc", "dhcp", "dnp3", "dns", "email", "enip", "file", "flow", "ftp",
		"gtp", "http", "http2", "iec104", "ike", "ja3", "ja3s", "ja4", "js",
		"krb5", "ldap", "llmnr", "mdns", "mms", "modbus", "mqtt", "nfs", "ntp",
		"opcua", "pgsql", "pop3", "quic", "rdp", "rfb", "s7commplus", "sdp",
		"sip", "smb", "smtp", "snmp", "socks", "ssh", "ssl", "stream", "tftp",
		"tls", "vba", "websocket"};

static const char *const elsewhere[] = {"appid", "appids", "cmp_id", "decode-event",
		"engine-event", "fileext", "filemagic", "filemd5", "filename", "filesha1",
		"filesha256", "filesize", "filestore", "frame", "ftpbounce",
		"ftpdata_command", "modbus", "tcp.session", "urilen"};

/* Protocols in the heads of Suricata's and Snort 3's rules. */
static const char *const applications[] = {"bittorrent-dht", "cip", "dcerpc",
		"dce_http_proxy", "dce_http_server", "dce_smb", "dce_tcp", "dce_udp",
		"dhcp", "dnp3", "dns", "dnstcp", "dnsudp", "doh2", "enip", "file", "ftp",
		"ftp-data", "ftpdata", "gtp", "http", "http1", "http2", "http3", "iec104",
		"ike", "ikev2", "imap", "irc", "jabber", "krb5", "ldap", "llmnr", "mdns",
		"mms", "modbus", "mqtt", "msn", "netflow", "nfs", "ntp", "opcua", "pgsql",
		"pop3", "quic", "rdp", "rfb", "rpc", "s7commplus", "sip", "smb", "smb2",
		"smtp", "snmp", "socks", "ssh", "ssl", "sslv2", "telnet", "tftp", "tls",
		"user", "websocket"};

static bool
is_one_of(struct tt_rule_word name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (tt_rule_word_is(name, names[i]))
			return true;
	return false;
}

static bool
is_in_namespace(struct tt_rule_word name)
{
	for (unsigned i = 0; i < TT_ARRAY_SIZE(namespaces); i++) {
		const size_t n = strlen(namespaces[i]);

		if (name.n > n + 1 && strchr("._-", name.at[n]) != NULL
				&& tt_rule_word_begins(name, namespaces[i]))
			return true;
	}
	return false;
}

enum tt_rule_treatment
tt_rule_treatment_of(struct tt_rule_word name)
{
	if (is_one_of(name, ignored, TT_ARRAY_SIZE(ignored)))
		return TT_RULE_IGNORED;
	if (is_in_namespace(name) || is_one_of(name, elsewhere, TT_ARRAY_SIZE(elsewhere)))
		return TT_RULE_ELSEWHERE;
	return TT_RULE_UNKNOWN;
}

bool
tt_rule_is_application(struct tt_rule_word name)
{
	return is_one_of(name, applications, TT_ARRAY_SIZE(applications));
}
