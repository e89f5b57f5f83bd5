"""Loads of every size in one process, over http and https, at every delay."""

import json
import subprocess

from measure import cargo
from measure.stand import DELAYS, SCHEMES, Stand


def measure(_keep):
    program = cargo.program("loads", "loads")
    rows = []
    for delay in DELAYS:
        with Stand(delay) as stand:
            for scheme in SCHEMES:
                said = subprocess.run(
                    [program], env=stand.environment(scheme), check=True, stdout=subprocess.PIPE, text=True
                ).stdout
                rows += [{"scheme": scheme, "delay": delay, **json.loads(line)} for line in said.splitlines()]
    return rows
