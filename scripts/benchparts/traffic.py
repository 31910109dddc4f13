# SPDX-License-Identifier: BSD-3-Clause
"""What the worker gets: a profile of `teiten synth`, or a capture."""
import dataclasses
import pathlib

from . import Failure, LeftOut, programs

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROFILES = ROOT / "profiles/bench"
IS_PROFILE = {".yaml", ".yml"}
RING = 4096  # buffers: the fewest frames that bench_worker takes


@dataclasses.dataclass(frozen=True)
class Traffic:
    title: str
    profile: pathlib.Path | None = None
    capture: pathlib.Path | None = None  # one of the two; neither: the frames of net_null
    monitored: str = "198.18.0.0/16"
    fresh: bool = False  # every source is new, in each pass
    frame_bytes: float = 60  # of a frame, on average

    def args(self):
        """Of bench_worker."""
        if self.capture:
            return ["--capture", self.capture, "--monitored", self.monitored]
        return ["--profile", self.profile] if self.profile else []

    def first(self, bench, packets):
        """A pcap file of Ethernet with so many packets; a capture begins again where it has fewer."""
        path = bench.directory / f"{(self.capture or self.profile).stem}-{packets}.pcap"
        if not path.exists():
            if self.capture:
                args = [bench.program("bench_cut"), self.capture, packets, path]
            else:
                args = [bench.program("teiten"), "synth", "--packets", packets, "--out", path,
                        "--profile", self.profile]
            try:
                programs.run(args, bench.cpu)
            except (Failure, LeftOut):
                path.unlink(missing_ok=True)
                raise
        return path


ZIPF = Traffic("Zipf", PROFILES / "zipf.yaml")
NULL = Traffic("frames of zeros", monitored="192.0.2.0/24")


def of_user(bench, path, monitored):
    """The traffic of a file that the user names. Failure where it is none."""
    path = pathlib.Path(path).resolve()
    if not path.is_file():
        raise Failure(f"--traffic {path}: no such file")
    if path.suffix in IS_PROFILE:
        if monitored:
            raise Failure(f"--monitored {monitored}: a profile says itself what is monitored")
        made = Traffic(path.name, profile=path)
    elif not monitored:
        raise Failure(f"--traffic {path}: a capture needs --monitored PREFIXES")
    else:
        made = Traffic(path.name, capture=path, monitored=monitored)
    said = programs.run([bench.program("bench_worker"), *made.args(), "--packets", RING, "--passes", 1,
                         "--steps", "decode"], bench.cpu).out
    one = programs.json_lines(said)[0]
    return dataclasses.replace(made, monitored=one["monitored"], fresh=one["fresh"],
                               frame_bytes=one["frame_bytes"])
