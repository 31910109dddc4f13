/* SPDX-License-Identifier: BSD-3-Clause */
#include "bench_args.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const struct bench_arg *
find(const struct bench_arg *args, unsigned n, const char *word)
{
	if (strncmp(word, "--", 2) != 0)
		return NULL;
	for (unsigned i = 0; i < n; i++)
		if (strcmp(args[i].name, word + 2) == 0)
			return &args[i];
	return NULL;
}

static int
take(const struct bench_arg *arg, const char *value, struct tt_error *err)
{
	char *end;

	if (arg->text != NULL) {
		*arg->text = value;
		return 0;
	}
	errno = 0;
	*arg->number = strtoumax(value, &end, 10);
	if (errno != 0 || end == value || *end != '\0' || *value == '-')
		return tt_error_set(err, -EINVAL, arg->name, "not a number: %s", value);
	return 0;
}

int
bench_args_parse(const struct bench_arg *args, unsigned n, int argc, char **argv,
		struct tt_error *err)
{
	int ret = 0;

	for (int i = 1; i < argc && ret == 0; i += 2) {
		const struct bench_arg *arg = find(args, n, argv[i]);

		if (arg == NULL)
			return tt_error_set(err, -EINVAL, argv[i], "unknown option");
		if (i + 1 == argc)
			return tt_error_set(err, -EINVAL, argv[i], "has no value");
		ret = take(arg, argv[i + 1], err);
	}
	return ret;
}

bool
bench_args_has(const char *list, const char *word)
{
	const size_t length = strlen(word);

	if (list == NULL)
		return true;
	for (const char *at = list; *at != '\0'; at += *at == ',') {
		const size_t n = strcspn(at, ",");

		if (n == length && strncmp(at, word, n) == 0)
			return true;
		at += n;
	}
	return false;
}
