/* SPDX-License-Identifier: BSD-3-Clause */
/* Addresses in Tor's text files, in all the forms that there are. */
#include "geo_fixture.h"
#include "tt_hash.h"

/* Makes one that is odd in any way of one that is not. */
static void
mutate(char *text, size_t size, uint64_t random)
{
	static const char alphabet[] = "::::0123456789abcdefABCDEFg.,";
	size_t n = strlen(text), at = random % n;
	char c = alphabet[(random >> 32) % (sizeof(alphabet) - 1)];

	switch ((random >> 16) % 3) {
	case 0:
		text[at] = c;
		break;
	case 1:
		memmove(text + at, text + at + 1, n - at);
		break;
	default:
		if (n + 1 < size) {
			memmove(text + at + 1, text + at, n - at + 1);
			text[at] = c;
		}
	}
}

static void
any_form_of_an_ipv6_address_is_read_as_the_system_reads_it(void **state)
{
	static const char *const forms[] = {"2001:db8:1:2:3:4:5:6",
			"2001:db8::", "2001:db8::1", "::", "::1:2",
			"1:2:3:4:5:6:7::", "A:b:C::d:0e:F", "::ffff:192.0.2.1",
			"2001:db8:1:ffff:ffff:ffff:ffff:ffff", "ffff:fff:FFFF::ffff"};
	uint64_t random = choose_seed();
	unsigned n_sound = 0;

	for (unsigned i = 0; i < 3000; i++) {
		char text[64], file[256];
		struct tt_error err = {0};
		struct tt_geo *geo;
		struct tt_addr a;
		bool sound;

		random = tt_hash_mix(random + i);
		snprintf(text, sizeof(text), "%s", forms[random % TT_ARRAY_SIZE(forms)]);
		for (unsigned m = 0; m < i % 4 && text[0] != '\0'; m++)
			mutate(text, sizeof(text), tt_hash_mix(random + m));
		sound = tt_addr_parse(text, &a) == 0 && strchr(text, ':') != NULL;
		snprintf(file, sizeof(file), "fffe::,fffe::,JP\n%s,%s,DE\n", text, text);
		if ((tt_geo_open(&geo, write_file("text", file, strlen(file)),
				     tt_mem_heap(), &err)
				    == 0)
				!= sound)
			fail_msg("%s: %s", text, err.why);
		/* An IPv4 address is asked of the other table, which this file leaves empty. */
		if (sound && !tt_addr_is_v4(a))
			assert_string_equal(country_of(geo, text), "DE");
		n_sound += sound;
		tt_geo_close(geo);
	}
	assert_in_range(n_sound, 800, 2900);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
			cmocka_unit_test(
					any_form_of_an_ipv6_address_is_read_as_the_system_reads_it),
	};

	return cmocka_run_group_tests_name("geo_text", tests, make_dir, remove_dir);
}
