# SPDX-License-Identifier: BSD-3-Clause
"""Asks a DPDK program for its ports' counters, over the socket that each has (DPDK's telemetry)."""
import json
import pathlib
import socket


class Telemetry:
    """run: the directory that the program has as RUNTIME_DIRECTORY; prefix: its --file-prefix."""

    def __init__(self, run, prefix):
        self.path = pathlib.Path(run) / "dpdk" / prefix / "dpdk_telemetry.v2"
        self.socket = None

    def connect(self):
        """Whether it answers yet."""
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(10)
        try:
            self.socket.connect(str(self.path))
            return bool(self.socket.recv(65536))  # says who it is
        except OSError:
            self.close()
            return False

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = None

    def ask(self, command):
        """The answer; None if there is none, since the program has ended."""
        try:
            self.socket.send(command.encode())
            return json.loads(self.socket.recv(65536)).get(command.split(",")[0])
        except (OSError, ValueError):
            return None

    def port(self, name):
        """The number of the port of that name; None if there is none."""
        for port in self.ask("/ethdev/list") or []:
            if (self.ask(f"/ethdev/info,{port}") or {}).get("name") == name:
                return port
        return None
