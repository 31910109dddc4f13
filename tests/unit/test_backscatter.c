/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_detail.h"

int
main(void)
{
	return 77;
}
