/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_sketch.h"

int
main(void)
{
	return 77;
}
