/* SPDX-License-Identifier: BSD-3-Clause */
/* Options that the rankings share. */
#ifndef TOP_H
#define TOP_H

#include "tool.h"
#include "tt_class.h"
#include "tt_ranking_span.h"

/* What is ranked. */
struct top_wish {
	struct selection selection;
	size_t n;
	enum tt_ranking_format format;
	bool one_class;
	enum tt_class class;
	unsigned ip_version; /* 0: both */
};

#define TOP_WISH_DEFAULT                            \
	{                                           \
		.selection = SELECTION_ALL, .n = 20 \
	}

enum {
	TOP_CLASS = 256,
	TOP_FORMAT,
	TOP_IP_VERSION,
	TOP_SENSOR,
	TOP_FROM,
	TOP_TO,
};

/* Takes the whole command line. Returns false where that ends the command, and tool->status is how. */
bool top_take_all(struct tool *tool, struct top_wish *wish);

#endif
