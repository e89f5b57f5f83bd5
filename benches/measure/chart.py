"""The chart, drawn from the committed figures."""

import base64
import subprocess

from measure import cargo
from measure.paths import CHART, CHART_IN_DOCS, RESULTS


def draw():
    program = cargo.program("chart", "chart")
    with RESULTS.open() as figures:
        chart = subprocess.run([program], stdin=figures, stdout=subprocess.PIPE, check=True).stdout
    CHART.write_bytes(chart)
    CHART_IN_DOCS.write_text(f"[chart]: data:image/svg+xml;base64,{base64.b64encode(chart).decode()}\n")
