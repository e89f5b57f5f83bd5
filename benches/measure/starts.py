"""Program starts until ten secrets are loaded, also on the fraction of a core of a small Lambda function."""

import statistics

from measure.limited import Limited
from measure.programs import PYTHON, RUST, run
from measure.stand import DELAYS, SCHEMES, Stand

RUNS = 15
LIMITED_RUNS = 5


def measure(_keep):
    programs = RUST + PYTHON
    for program in programs:
        program.prepare()
    rows = []
    for delay in DELAYS:
        with Stand(delay) as stand:
            for scheme in SCHEMES:
                rows += starts(programs, stand, scheme, RUNS)
            if delay == 0:
                with Limited() as enter:
                    if enter:
                        rows += starts(programs, stand, "https", LIMITED_RUNS, enter)
    return rows


def starts(programs, stand, scheme, runs, enter=None):
    """Runs the programs alternately, so that load on the machine affects all of them."""
    environment = stand.environment(scheme)
    figures = {program.title: [] for program in programs}
    requests = {}
    for turn in range(runs + 1):
        for program in programs:
            before = stand.requests()
            used = run(program, environment, enter)
            requests[program.title] = stand.requests() - before
            # The first round reads the programs from disk.
            if turn > 0:
                figures[program.title].append(used)
    where = {"scheme": scheme, "delay": stand.delay, "limited": enter is not None}
    return [
        {
            **where,
            "program": title,
            "requests": requests[title],
            **dict(zip(("wall", "cpu", "kib"), map(statistics.median, zip(*rows)))),
        }
        for title, rows in figures.items()
    ]
