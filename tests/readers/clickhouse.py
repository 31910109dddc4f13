#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Runs SQL in ClickHouse's engine and prints the rows, tab-separated, NULL as \\N:

    clickhouse.py SQL

scripts/install-readers puts the engine, libchdb.so, into build-node/ of the source tree;
TT_NODE_DIR names another folder that holds node_modules. Exits with 77 where it is not there,
1 where the query fails."""
import ctypes
import os
import pathlib
import sys

NODE_DIR = pathlib.Path(os.environ.get(
    "TT_NODE_DIR", pathlib.Path(__file__).resolve().parents[2] / "build-node"))
LIBRARY = NODE_DIR / "node_modules/@chdb/lib-linux-x64-gnu/libchdb.so"


def load():
    """The library, with the types of the functions of chdb.h that are called here."""
    library = ctypes.CDLL(str(LIBRARY))
    pointer, text = ctypes.c_void_p, ctypes.c_char_p
    for name, result, arguments in (
            ("chdb_connect", ctypes.POINTER(pointer), (ctypes.c_int, ctypes.POINTER(text))),
            ("chdb_query", pointer, (pointer, text, text)),
            ("chdb_result_error", text, (pointer,)),
            ("chdb_result_buffer", pointer, (pointer,)),
            ("chdb_result_length", ctypes.c_size_t, (pointer,))):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


def main(sql):
    if not LIBRARY.exists():
        print(f"clickhouse.py: no {LIBRARY}: run scripts/install-readers", file=sys.stderr)
        return 77
    library = load()
    connection = library.chdb_connect(1, (ctypes.c_char_p * 1)(b"clickhouse"))
    result = library.chdb_query(connection[0], sql.encode(), b"TSVRaw")
    error = library.chdb_result_error(result)
    if error:
        print(f"clickhouse.py: {error.decode()}", file=sys.stderr)
        return 1
    length = library.chdb_result_length(result)
    if length:
        sys.stdout.buffer.write(ctypes.string_at(library.chdb_result_buffer(result), length))
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print('usage: clickhouse.py "SQL"', file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1]))
