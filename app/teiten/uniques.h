/* SPDX-License-Identifier: BSD-3-Clause */
/* How `teiten uniques` prints: to standard output, as text for people or as JSON. */
#ifndef UNIQUES_H
#define UNIQUES_H

#include "tt_uniques.h"

/* The first n keys of a list by pattern; every sensor of one without. */
void uniques_text(const struct tt_uniques *uniques, size_t n);
void uniques_json(const struct tt_uniques *uniques, size_t n);

#endif
