"""Compile time and peak memory of one large struct, compared with serde's `Deserialize`."""

import os
import statistics
import subprocess
import time

from measure import derive
from measure.paths import HOME

COUNTS = (100, 400, 1000)
RUNS = 3
TYPES = ("String", "u16", "String", "Option<String>", "f64")


def measure(_keep):
    rows = []
    for count in COUNTS:
        packages = {name: package(name, count) for name in derive.DERIVES}
        rows.append({"fields": count, **compile_both(packages)})
    return rows


def package(name, count):
    uses, macro, function, dependencies = derive.DERIVES[name]
    folder = HOME / "wide" / f"{name}-{count}"
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "Cargo.toml").write_text(
        f'[package]\nname = "{name}-{count}"\nversion = "0.0.0"\nedition = "2024"\n[workspace]\n[dependencies]\n{dependencies}'
    )
    fields = "".join(f"    pub field{i}: {TYPES[i % len(TYPES)]},\n" for i in range(count))
    struct = f"#[derive({macro})]\npub struct Config0 {{\n{fields}}}\n{function.format(i=0)}"
    (folder / "src/lib.rs").write_text(uses + struct)
    return folder


def compile_both(packages):
    """Returns the medians of seconds and MiB of alternating builds."""
    figures = {name: [] for name in packages}
    for turn in range(RUNS + 1):
        for name, folder in packages.items():
            (folder / "src/lib.rs").touch()
            figure = build(folder)
            # The first round compiles the dependencies.
            if turn > 0:
                figures[name].append(figure)
    return {
        name: {"seconds": statistics.median(s for s, _ in runs), "mebibytes": statistics.median(m for _, m in runs)}
        for name, runs in figures.items()
    }


def build(folder):
    """The peak memory of the children of Cargo is that of the largest process, rustc."""
    environment = {**os.environ, "CARGO_TARGET_DIR": str(HOME / "wide" / "target"), "CARGO_INCREMENTAL": "0"}
    began = time.monotonic()
    process = subprocess.Popen(["cargo", "build", "--quiet"], cwd=folder, env=environment)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{folder} does not compile")
    return time.monotonic() - began, usage.ru_maxrss / 1024
