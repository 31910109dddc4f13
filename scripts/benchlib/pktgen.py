# SPDX-License-Identifier: BSD-3-Clause
"""Pktgen-DPDK without a human: on a terminal that we type at, with a file of commands at its start.
Its socket is not used, since it listens on every address."""
import ipaddress
import math
import os
import pathlib
import re

from .captures import FCS, ON_WIRE
from .generator import Generator
from .machine import OnTerminal

PORT = 0
PROMPT = "Pktgen:/>"


def percent(pps, mean, mbps):
    """The rate as Pktgen takes it, a percentage of its own idea of the line's rate, in which
    numbers are cut to whole ones."""
    bits = 8 * (math.floor(mean - FCS) + FCS + ON_WIRE)
    return min(100.0, 100 * pps / (mbps * 1000000 // bits))


def start_script(frame, target):
    """Commands for its start: to send a capture file, or frames of a size with ranges of addresses
    and ports. In a range all fields advance together, each with its own period; Pktgen makes 24,576
    packets so and repeats them."""
    screen_off = "off"  # drawing it costs time
    if frame is None:
        return [screen_off, f"enable {PORT} pcap"]
    to = ipaddress.ip_network(target)
    return [
        screen_off,
        f"set {PORT} size {frame}",  # the rate is computed from this one
        f"range {PORT} type ipv4",
        f"range {PORT} proto tcp",
        f"range {PORT} size {frame} {frame} {frame} 0",
        f"range {PORT} src ip 1.0.0.1 1.0.0.1 126.255.255.254 0.1.79.11",
        f"range {PORT} dst ip {to[0]} {to[0]} {to[-1]} 0.0.0.1",
        f"range {PORT} src port 1024 1024 65535 11",
        f"range {PORT} dst port 1 1 2000 7",
        f"range {PORT} ttl 40 40 120 1",
        f"range {PORT} tcp flag clr ack",
        f"range {PORT} tcp flag set syn",
        f"enable {PORT} range",
    ]


def version(text):
    """From what it printed; empty if it does not say."""
    found = re.search(r"Pktgen (\d+\.\d+\.\d+)", text)
    return found.group(1) if found else ""


def lcore_ids(cpus):
    """(main, sending): lcores for these two CPUs. One of Pktgen's threads goes to the CPU that has
    the main lcore's number, so that must be its CPU's."""
    main, sending = cpus
    return main, sending if sending != main else main + 1


def polite(process):
    """Pktgen's command line and timers poll without pause, which the lcore that sends feels where
    it shares their CPU: it goes before them."""
    own = pathlib.Path(f"/proc/{process.child.pid}")
    name = (own / "comm").read_text()  # lcores and telemetry have other names
    for task in (own / "task").iterdir():
        if (task / "comm").read_text() == name:
            os.setpriority(os.PRIO_PROCESS, int(task.name), 19)


class Pktgen(Generator):
    paces = True
    pools_mib = 1280  # its own, whatever it sends

    def __init__(self, program, device, eal, cpus, traffic, directory):
        script = directory / "start.pkt"
        frame = None if traffic.capture else round(traffic.frames.mean)
        script.write_text("\n".join(start_script(frame, traffic.target)) + "\n")
        main, sending = lcore_ids(cpus)
        capture = ["-s", f"{PORT}:{traffic.capture}"] if traffic.capture else []
        args = [program, *eal, "--file-prefix=pktgen", f"--main-lcore={main}",
                f"--lcores={main}@{cpus[0]},{sending}@{cpus[1]}", *device.generator, "--",
                "-m", f"{sending}.{PORT}", *capture, "-f", script]
        process = OnTerminal(args, directory, "pktgen")
        super().__init__(process, device)
        process.wait_for(120, lambda: PROMPT in process.text(), "does not come to its prompt")
        if cpus[0] == cpus[1]:
            polite(process)
        self.mean = traffic.frames.mean
        self.name = f"Pktgen-DPDK {version(process.text())}".rstrip()

    def begin(self, pps, count):
        self.process.type(f"set {PORT} rate {percent(pps, self.mean, self.mbps()):.4f}")
        self.process.type(f"set {PORT} count {count}")
        self.process.type(f"start {PORT}")

    def cease(self):
        self.process.type(f"stop {PORT}")

    def quit(self):
        self.process.type("quit")
