/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sort.h"

int
main(void)
{
	return 77;
}
