"""Loads of every size in one process, over http and https, at every delay."""

import json
import subprocess

from measure import cargo
from measure.stand import DELAYS, SCHEMES, Stand

CONTENDERS = {
    "sequential": "SDK by hand, one after the other",
    "concurrent": "SDK by hand, side by side",
    "batch": "SDK by hand, one batch",
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
                said = subprocess.run(
                    [program], env=stand.environment(scheme), check=True, stdout=subprocess.PIPE, text=True
                ).stdout
                where = {"scheme": scheme, "delay": delay}
                rows += [{**where, **titled(json.loads(line))} for line in said.splitlines()]
    return rows


def titled(row):
    return {"title": CONTENDERS[row["contender"]], **row}
