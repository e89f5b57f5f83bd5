"""The chart, drawn from the committed figures."""

import subprocess

from measure import cargo
from measure.paths import CHART, RESULTS


def draw():
    program = cargo.program("chart", "chart")
    with RESULTS.open() as figures, CHART.open("w") as chart:
        subprocess.run([program], stdin=figures, stdout=chart, check=True)
