/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_asn.h"

int
main(void)
{
	return 77;
}
