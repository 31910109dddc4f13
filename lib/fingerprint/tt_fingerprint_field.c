/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_fingerprint_field.h"

const char *const tt_fp_field_names[TT_FP_N_FIELDS] = {
#define X(name, field, has) name,
		TT_FP_FIELDS(X)
#undef X
};

const uint32_t tt_fp_field_has[TT_FP_N_FIELDS] = {
#define X(name, field, has) has,
		TT_FP_FIELDS(X)
#undef X
};
