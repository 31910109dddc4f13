/* SPDX-License-Identifier: BSD-3-Clause */
/*
 * Writing HTML and SVG so that a text from data stays a text. What is written is well-formed XML too.
 * Errors are those of the FILE. Any thread.
 */
#ifndef TT_XML_H
#define TT_XML_H

#include "tt_base.h"

/* A text, cleaned (tt_text.h), fit for the content of an element and for an attribute in double quotes. */
void tt_xml_text(FILE *out, const char *text);

/* The same of the text that begins at `text` and ends before `end`, in which that points. */
void tt_xml_text_until(FILE *out, const char *text, const char *end);

/* Markup of our own: "%T" is a text as above, "%S" a string that is markup itself, "%N" a double as a
 * coordinate with at most two decimals, "%Z" a size_t, "%%" a percent sign. Nothing else. */
void tt_xml(FILE *out, const char *format, ...);

#endif
