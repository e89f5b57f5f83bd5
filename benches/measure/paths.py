"""Paths."""

import os
import pathlib

BENCHES = pathlib.Path(__file__).resolve().parents[1]
ROOT = BENCHES.parent
HOME = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve() / "benches"
RESULTS = BENCHES / "results.json"
REPORT = BENCHES / "RESULTS.md"
CHART = BENCHES / "chart.svg"
