/* SPDX-License-Identifier: BSD-3-Clause */
#include "tt_fingerprint.h"
