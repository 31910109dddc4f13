/* SPDX-License-Identifier: BSD-3-Clause */
/* How many files may be open at once (RLIMIT_NOFILE). */
#ifndef OPEN_FILES_H
#define OPEN_FILES_H

#include <stdint.h>

/* Raises the soft limit to the hard one where that is allowed. Returns the limit that holds then. */
uint64_t open_files_most(void);

#endif
