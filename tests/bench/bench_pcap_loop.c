/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * The least that a program can do with a capture file: a loop of libpcap that counts destination
 * ports of IPv4 without tags. What `teiten read` is held against. Prints one line of JSON.
 */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define ETHERNET 14
#define TCP      6
#define UDP      17

static uint64_t ports[65536];

static void
count(const u_char *frame, uint32_t captured)
{
	uint32_t l4;

	if (captured < ETHERNET + 20 || frame[12] != 0x08 || frame[13] != 0x00)
		return;
	l4 = ETHERNET + (frame[ETHERNET] & 15u) * 4;
	if ((frame[ETHERNET + 9] != TCP && frame[ETHERNET + 9] != UDP)
			|| captured < l4 + 4)
		return;
	ports[frame[l4 + 2] << 8 | frame[l4 + 3]]++;
}

int
main(int argc, char **argv)
{
	char why[PCAP_ERRBUF_SIZE] = "usage: bench_pcap_loop FILE";
	pcap_t *capture = argc == 2 ? pcap_open_offline(argv[1], why) : NULL;
	uint64_t frames = 0, with_ports = 0;
	struct pcap_pkthdr *header;
	const u_char *data;
	int got;

	if (capture == NULL) {
		fprintf(stderr, "bench_pcap_loop: %s\n", why);
		return EXIT_FAILURE;
	}
	while ((got = pcap_next_ex(capture, &header, &data)) == 1) {
		frames++;
		count(data, header->caplen);
	}
	for (unsigned i = 0; i < 65536; i++)
		with_ports += ports[i];
	printf("{\"program\": \"bench_pcap_loop\", \"frames\": %" PRIu64
	       ", \"with_ports\": %" PRIu64 "}\n",
			frames, with_ports);
	pcap_close(capture);
	return got == PCAP_ERROR_BREAK ? EXIT_SUCCESS : EXIT_FAILURE;
}
