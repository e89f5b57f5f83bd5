"""What a program of two secrets weighs: by hand on the SDK, and declared, with each of three sources.

    python3 benches/footprint/run.py [--runs 30] [--keep]

Builds each program from nothing in release mode, then starts each in turn against servers on loopback: Secrets Manager
over https, the agent over http, files. Prints one table in Markdown; figures in brackets are relative to the program
by hand, and only these mean something on another machine. Takes as long as a few clean builds of the SDK, and needs
Linux for the processes' memory. `--keep` measures what an earlier run has built.
"""

import argparse
import json
import os
import pathlib
import resource
import shutil
import statistics
import subprocess
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
HOME = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "footprint"
SECRETS = {"POCKET_KEY": "a key of twenty chars", "POCKET_TOKEN": "a token of no great length"}

TOKIO = 'tokio = { version = "1.40", features = ["macros", "rt"] }\n'
BY_HAND = 'aws-config = "1.13"\naws-sdk-secretsmanager = "1.125"\n' + TOKIO


def declared(features):
    library = json.dumps(str(ROOT / "secrets-core"))
    switches = "" if features is None else f", default-features = false, features = {json.dumps(features)}"
    return f"from-secrets = {{ path = {library}{switches} }}\n" + TOKIO


PROGRAMS = {
    "by hand on the SDK": ("by_hand.rs", BY_HAND),
    "declared, default features": ("declared.rs", declared(None)),
    "declared, for Lambda (no `sso`)": ("declared.rs", declared(["derive", "aws", "rustls-ring", "live"])),
    "declared, `agent` only": ("declared.rs", declared(["derive", "agent"])),
    "declared, `files` only": ("declared.rs", declared(["derive", "files"])),
}


class Program:
    def __init__(self, title, source, dependencies):
        self.title = title
        self.folder = HOME / "".join(c if c.isalnum() else "-" for c in title).strip("-")
        self.folder.mkdir(parents=True, exist_ok=True)
        path = json.dumps(str(HERE / source))
        (self.folder / "Cargo.toml").write_text(
            '[package]\nname = "footprint"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n'
            f'[[bin]]\nname = "footprint"\npath = {path}\n'
            f"[dependencies]\n{dependencies}[profile.release]\nstrip = true\n"
        )
        # The versions that the library is tested with.
        shutil.copy(ROOT / "Cargo.lock", self.folder)
        self.binary = self.folder / "target/release/footprint"
        self.facts = self.folder / "build.json"

    def build(self):
        """From nothing, with everything downloaded before."""
        self.cargo("fetch")
        shutil.rmtree(self.folder / "target", ignore_errors=True)
        before, began = cpu_of_children(), time.monotonic()
        said = self.cargo("build", "--release", "--message-format=json")
        wall, cpu = time.monotonic() - began, cpu_of_children() - before
        crates = {message["package_id"] for message in map(json.loads, said.splitlines()) if "package_id" in message}
        self.facts.write_text(json.dumps({"wall": wall, "cpu": cpu, "crates": len(crates) - 1}))

    def cargo(self, *arguments):
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("CARGO_", "RUSTFLAGS"))}
        environment["CARGO_TARGET_DIR"] = str(self.folder / "target")
        return subprocess.run(
            ["cargo", *arguments, "--quiet"], cwd=self.folder, env=environment, check=True, stdout=subprocess.PIPE
        ).stdout

    def run(self, environment):
        """Wall seconds until the secrets are there; CPU seconds and peak memory in KiB of the whole process."""
        began = time.monotonic()
        child = subprocess.Popen([self.binary], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        said = child.stdout.readline().strip()
        wall = time.monotonic() - began
        kib = peak_memory(child.pid)
        child.stdin.close()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        child.stdout.close()
        expected = str(sum(map(len, SECRETS.values()))).encode()
        if child.returncode != 0 or said != expected:
            raise SystemExit(f"{self.title}: exit code {child.returncode}, said {said!r}")
        return wall, used.ru_utime + used.ru_stime, kib


def peak_memory(pid):
    """Of the program itself: `ru_maxrss` begins with what its parent had when it was started."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    raise SystemExit("/proc does not tell the peak memory")


def cpu_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Servers:
    """Secrets Manager and the agent, as the tests script them, and a directory of files."""

    def __enter__(self):
        command = ["cargo", "run", "--quiet", "--release", "-p", "from-secrets-tests", "--bin", "stand"]
        self.child = subprocess.Popen(
            [*command, "--", *(f"{name}={text}" for name, text in SECRETS.items())],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.environment = json.loads(self.child.stdout.readline())
        self.files = tempfile.TemporaryDirectory()
        for name, text in SECRETS.items():
            path = pathlib.Path(self.files.name, name)
            path.write_text(text)
            path.chmod(0o600)
        self.environment["FROM_SECRETS_DIRECTORY"] = self.files.name
        return self.environment

    def __exit__(self, *_):
        self.child.stdin.close()
        self.child.wait()
        self.files.cleanup()


def measure(programs, environment, runs):
    """They take turns, so that a busy moment of the machine hits all of them."""
    figures = {program.title: [] for program in programs}
    for turn in range(runs + 1):
        for program in programs:
            used = program.run(environment)
            # The first turn reads the binaries from the disk.
            if turn > 0:
                figures[program.title].append(used)
    return {title: [statistics.median(column) for column in zip(*rows)] for title, rows in figures.items()}


def table(programs, figures):
    rows = []
    for program in programs:
        facts, (wall, cpu, kib) = json.loads(program.facts.read_text()), figures[program.title]
        rows.append(
            [
                (facts["wall"], "{:.0f} s"),
                (facts["cpu"], "{:.0f} s"),
                (facts["crates"], "{}"),
                (program.binary.stat().st_size / 1e6, "{:.2f} MB"),
                (wall * 1000, "{:.1f} ms"),
                (cpu * 1000, "{:.1f} ms"),
                (kib / 1024, "{:.1f} MiB"),
            ]
        )
    lines = [
        "| program | clean build | its CPU time | crates | binary | start to secrets | its CPU time | peak memory |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for program, row in zip(programs, rows):
        cells = [
            form.format(value) + (f" ({value / first:.1%})" if row is not rows[0] else "")
            for (value, form), (first, _) in zip(row, rows[0])
        ]
        lines.append(f"| {program.title} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--runs", type=int, default=30, help="how often each program is started")
    arguments.add_argument("--keep", action="store_true", help="build only what was not built before")
    arguments = arguments.parse_args()
    programs = [Program(title, *parts) for title, parts in PROGRAMS.items()]
    for program in programs:
        if not (arguments.keep and program.binary.exists() and program.facts.exists()):
            program.build()
    with Servers() as environment:
        figures = measure(programs, environment, arguments.runs)
    print(table(programs, figures))


main()
