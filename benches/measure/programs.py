"""The whole programs: each loads ten secrets, says how long they are, and waits for its input to end."""

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
    """One contender, built alone with what it needs."""

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
        return cargo("build", "--release", "--bin", "start", "--features", self.features, *more, target=self.target)


class Python:
    """A program in `benches/python`, with its packages in an environment of its own."""

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
    Rust("SDK by hand, one after the other", "sequential", "by-hand"),
    Rust("SDK by hand, side by side", "concurrent", "by-hand"),
    Rust("SDK by hand, one batch", "batch", "by-hand"),
    Rust("`aws_secretsmanager_caching`", "caching"),
    Rust("`secretspec`", "secretspec"),
    Rust("`secret-vault`", "secret-vault"),
    Rust("**from-secrets**, default features", "declared", "declared-default"),
    Rust("**from-secrets**, for Lambda (no `sso`)", "declared", "declared-lambda"),
    Rust("**from-secrets**, `agent` only", "declared", "declared-agent"),
    Rust("**from-secrets**, `files` only", "declared", "declared-files"),
]
PYTHON = [
    Python("boto3, one after the other", "boto3_sequential.py"),
    Python("Powertools parameters", "powertools.py"),
    Python("pydantic-settings, one JSON secret", "pydantic_json.py"),
]


def run(program, environment, enter=None):
    """Wall seconds from its start until the secrets are there; CPU seconds and peak memory in KiB of the process."""
    began = time.monotonic()
    child = subprocess.Popen(
        program.command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=enter
    )
    said = child.stdout.readline().strip()
    wall = time.monotonic() - began
    kib = peak_memory(child.pid) if said == TOTAL else 0
    child.stdin.close()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stdout.close()
    if child.returncode != 0 or said != TOTAL:
        raise SystemExit(f"{program.title}: exit code {child.returncode}, said {said!r}")
    return wall, used.ru_utime + used.ru_stime, kib


def peak_memory(pid):
    """Of the program itself: `ru_maxrss` begins with what its parent had when it was started."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise SystemExit("/proc does not tell the peak memory")


def crates(messages):
    """How many Cargo compiled, but the program's own."""
    return len({message["package_id"] for message in map(json.loads, messages.splitlines()) if "package_id" in message}) - 1
