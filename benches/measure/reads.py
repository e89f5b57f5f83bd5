"""Warm reads, and refreshes with 20 ms per request."""

import json
import os
import subprocess

from measure import cargo
from measure.stand import Stand


def measure(_keep):
    program = cargo.program("reads", "loads")
    with Stand(20) as stand:
        output = subprocess.run(
            [program],
            env=stand.environment("https"),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            # With priority if permitted, because the two threads need both cores.
            preexec_fn=first,
        ).stdout
    return [json.loads(line) for line in output.splitlines()]


def first():
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except PermissionError:
        pass
