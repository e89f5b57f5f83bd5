"""Build time and binary size of a program with ten secrets."""

import json
import resource
import shutil
import time

from measure.cargo import cargo
from measure.programs import RUST, crates


def measure(keep):
    # The programs by hand share one build.
    programs = {program.features: program for program in reversed(RUST)}.values()
    for program in programs:
        if not (keep and program.binary.exists() and program.facts.exists()):
            build(program)
    return {program.title.split(", sequential")[0]: json.loads(program.facts.read_text()) for program in reversed(programs)}


def build(program):
    """Builds a program after downloading its dependencies."""
    cargo("fetch", "--locked", target=program.target)
    shutil.rmtree(program.target, ignore_errors=True)
    before, began = cpu_of_children(), time.monotonic()
    messages = program.build("--message-format=json")
    wall, cpu = time.monotonic() - began, cpu_of_children() - before
    size = program.binary.stat().st_size
    facts = {"wall": wall, "cpu": cpu, "crates": crates(messages), "bytes": size}
    program.facts.write_text(json.dumps(facts))
    # Only the binary is needed after this.
    for directory in ("deps", "build", ".fingerprint"):
        shutil.rmtree(program.target / "release" / directory, ignore_errors=True)


def cpu_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
