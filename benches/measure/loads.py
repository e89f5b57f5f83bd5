"""Loads of all sizes in one process, over http and https, with all delays."""

import json
import subprocess

from measure import cargo
from measure.stand import DELAYS, SCHEMES, Stand

CONTENDERS = {
    "sequential": "SDK by hand, sequential",
    "concurrent": "SDK by hand, concurrent",
    "batch": "SDK by hand, one batch",
    "expert": "SDK by hand, one batch, on ring",
    "limit": "without the SDK, one batch",
    "caching": "`aws_secretsmanager_caching`",
    "secretspec": "`secretspec`",
    "secret-vault": "`secret-vault`",
    "declared": "**from-secrets**",
}


def measure(_keep):
    program = cargo.program("loads", "loads")
    rows = []
    for delay in DELAYS:
        with Stand(delay) as stand:
            for scheme in SCHEMES:
                output = subprocess.run(
                    [program], env=stand.environment(scheme), check=True, stdout=subprocess.PIPE, text=True
                ).stdout
                where = {"scheme": scheme, "delay": delay}
                rows += [{**where, **titled(json.loads(line))} for line in output.splitlines()]
    return rows


def titled(row):
    return {"title": CONTENDERS[row["contender"]], **row}
