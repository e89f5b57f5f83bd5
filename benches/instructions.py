"""Counts the instructions of loads and of a program start, as ratios to the same by hand on the SDK.

    python3 benches/instructions.py

Fails if a ratio is more than 2 % above that in benches/instructions.json. `UPDATE_GOLDEN=1` updates the file.

Unlike times, the counts do not depend on other programs on the machine. They do depend on the compiler and the system
libraries, but for both programs, so that the ratios are stable. Requires Rust, Python 3 and Valgrind.
"""

import json
import os
import re
import subprocess

from measure import cargo
from measure.paths import BENCHES
from measure.scripted import Scripted

GOLDEN = BENCHES / "instructions.json"
BOUND = 1.02
LOADS = 10
MEASURED = {
    "load of 1 secret": ("1", LOADS),
    "load of 10 secrets": ("10", LOADS),
    "load of 45 secrets": ("45", LOADS),
    "load of 10 JSON keys": ("json", LOADS),
    "start and load of 10 secrets": ("10", 0),
}


def main():
    program = cargo.program("counted", "counted", profile="counted")
    with Scripted() as server:
        counts = {title: counted(program, server, *how) for title, how in MEASURED.items()}
    for title, (ours, by_hand, limit) in counts.items():
        print(f"{title}: {ours:,} instructions, {ours / by_hand:.3f} of the SDK by hand, {ours / limit:.2f} of the limit")
    ratios = {title: round(ours / by_hand, 4) for title, (ours, by_hand, _) in counts.items()}
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(json.dumps(ratios, indent=4) + "\n")
    golden = json.loads(GOLDEN.read_text())
    worse = [title for title, ratio in ratios.items() if ratio > golden[title] * BOUND]
    if worse:
        raise SystemExit(
            f"more instructions than in {GOLDEN.name} for: {', '.join(worse)}; reduce them, or run the script with UPDATE_GOLDEN=1"
        )


def counted(program, server, wanted, loads):
    """Returns the instructions of from-secrets, of the SDK by hand, and of the limit, for one load or for a start."""
    return [count(program, server, contender, wanted, loads) for contender in ("declared", "expert", "limit")]


def count(program, server, contender, wanted, loads):
    # The function that is counted; a start is counted as a whole.
    only = ["--toggle-collect=*counted::counted*"] if loads else []
    run = subprocess.run(
        ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *only, program, contender, wanted, str(loads)],
        env=server.environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    collected = re.search(r"Collected : (\d+)", run.stderr)
    if run.returncode != 0 or not collected or collected[1] == "0":
        raise SystemExit(f"{contender} of {wanted}: exit code {run.returncode}\n{run.stderr}")
    return int(collected[1]) // max(loads, 1)


main()
