/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Is this text? Other readers refuse a whole file for one STRING that is not UTF-8, so
 * neither the writer nor the reader lets one pass. Any thread, no memory.
 */
#ifndef TT_PARQUET_UTF8_H
#define TT_PARQUET_UTF8_H

#include "tt_base.h"

/* Are the n bytes well-formed UTF-8 (RFC 3629 section 4) without a NUL? */
bool tt_parquet_utf8_valid(const uint8_t *bytes, size_t n);

#endif
