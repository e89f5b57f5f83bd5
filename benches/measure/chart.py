"""The chart, drawn from the committed figures."""

import subprocess

from measure import cargo
from measure.paths import CHART, RESULTS


def draw():
    program = cargo.program("chart", "chart")
    with RESULTS.open() as figures:
        chart = subprocess.run([program], stdin=figures, stdout=subprocess.PIPE, check=True).stdout
    CHART.write_bytes(chart)
