"""The measured programs: each loads ten secrets, prints their total length, and waits for the end of its input."""

import json
import os
import pathlib
import subprocess
import sys
import time

from measure.cargo import cargo
from measure.paths import BENCHES, HOME

TOTAL = b"320"


class Rust:
    """A Rust program with the dependencies of one contender."""

    def __init__(self, title, contender, feature=None):
        self.title = title
        self.contender = contender
        self.features = feature or contender
        self.target = HOME / self.features
        self.binary = self.target / "release" / "start"
        self.facts = self.target / "build.json"

    @property
    def command(self):
        return [self.binary, self.contender]

    def prepare(self):
        if not self.binary.exists():
            self.build()

    def build(self, *more):
        return cargo("build", "--locked", "--release", "--bin", "start", "--features", self.features, *more, target=self.target)


class Python:
    """A Python program in `benches/python` with a virtual environment."""

    HOME = HOME / "python"

    def __init__(self, title, script):
        self.title = title
        self.script = BENCHES / "python" / script

    @property
    def command(self):
        return [self.HOME / "bin/python", self.script]

    def prepare(self):
        wanted = BENCHES / "python/requirements.txt"
        installed = self.HOME / "installed.txt"
        if not (installed.exists() and installed.read_text() == wanted.read_text()):
            subprocess.run([sys.executable, "-m", "venv", "--clear", self.HOME], check=True)
            subprocess.run([self.HOME / "bin/python", "-m", "pip", "install", "-q", "-r", wanted], check=True)
            installed.write_text(wanted.read_text())


RUST = [
    Rust("SDK by hand, sequential", "sequential", "by-hand"),
    Rust("SDK by hand, concurrent", "concurrent", "by-hand"),
    Rust("SDK by hand, one batch", "batch", "by-hand"),
    Rust("SDK by hand, one batch, on ring", "expert"),
    Rust("without the SDK, one batch", "limit"),
    Rust("`aws_secretsmanager_caching`", "caching"),
    Rust("`secretspec`", "secretspec"),
    Rust("`secret-vault`", "secret-vault"),
    Rust("**from-secrets**, default features", "declared", "declared-default"),
    Rust("**from-secrets**, for Lambda (no `sso`)", "declared", "declared-lambda"),
    Rust("**from-secrets**, `agent` only", "declared", "declared-agent"),
    Rust("**from-secrets**, `files` only", "declared", "declared-files"),
]
PYTHON = [
    Python("boto3, sequential", "boto3_sequential.py"),
    Python("Powertools parameters", "powertools.py"),
    Python("pydantic-settings, one JSON secret", "pydantic_json.py"),
]


def run(program, environment, enter=None):
    """Returns the wall seconds until the secrets are loaded, the CPU seconds, and the peak memory in KiB."""
    began = time.monotonic()
    child = subprocess.Popen(
        program.command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=enter
    )
    output = child.stdout.readline().strip()
    wall = time.monotonic() - began
    kib = peak_memory(child.pid) if output == TOTAL else 0
    child.stdin.close()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stdout.close()
    if child.returncode != 0 or output != TOTAL:
        raise SystemExit(f"{program.title}: exit code {child.returncode}, output {output!r}")
    return wall, used.ru_utime + used.ru_stime, kib


def peak_memory(pid):
    """Returns the peak memory of the program. `ru_maxrss` would include the memory of the parent process."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise SystemExit("/proc contains no peak memory")


def crates(messages):
    """Returns the number of compiled crates, except the program itself."""
    return len({message["package_id"] for message in map(json.loads, messages.splitlines()) if "package_id" in message}) - 1
