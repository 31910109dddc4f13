/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_units.h"

int
main(void)
{
	return 77;
}
