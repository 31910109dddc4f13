/* SPDX-License-Identifier: BSD-3-Clause */
/* How tables declare their roles: what tt_roles.c, which has the list of all, and tt_roles_rules.c share. */
#ifndef TT_ROLES_PRIVATE_H
#define TT_ROLES_PRIVATE_H

#include "tt_roles.h"

#define COMMON \
	[TT_COLUMN_INTERVAL_START] = TT_ROLE_COMMON, [TT_COLUMN_SENSOR] = TT_ROLE_COMMON
#define KEY(column)     [column] = TT_ROLE_KEY
#define SUM(column)     [column] = TT_ROLE_SUM
#define MIN(column)     [column] = TT_ROLE_MIN
#define MAX(column)     [column] = TT_ROLE_MAX
#define CARRIED(column) [column] = TT_ROLE_CARRIED
#define DERIVED(column) [column] = TT_ROLE_DERIVED

/* Of its arrays of these names. */
#define ROLES(table)                                                     \
	{                                                                \
		table##_roles, table##_sort, TT_ARRAY_SIZE(table##_sort) \
	}

extern const struct tt_roles tt_roles_of_fingerprints, tt_roles_of_fingerprint_rules,
		tt_roles_of_source_fingerprints, tt_roles_of_signature_rules,
		tt_roles_of_signatures, tt_roles_of_signature_sources;

#endif
