"""Benchmarks of from-secrets, the SDK by hand, and other libraries.

    python3 benches/run.py [PART ...] [--keep]

Parts: builds, starts, loads, reads, derive, wide; all by default. Prints Markdown tables, and writes them to
benches/RESULTS.md, the figures to benches/results.json, and a chart to benches/chart.svg. Results of other parts are kept.
`--keep` reuses the programs of an earlier run.

All programs use servers on loopback. Requires Linux, Rust and Python 3; downloads other libraries from crates.io and PyPI.
All parts take about an hour on two cores, mostly for clean builds.
"""

import argparse
import json

from measure import builds, chart, derive, loads, paths, reads, report, starts, wide

PARTS = {"builds": builds, "starts": starts, "loads": loads, "reads": reads, "derive": derive, "wide": wide}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    arguments.add_argument("--keep", action="store_true", help="reuse the programs of an earlier run")
    arguments = arguments.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        raise SystemExit(f"unknown part {', '.join(sorted(unknown))}; use {', '.join(PARTS)}")
    results = json.loads(paths.RESULTS.read_text()) if paths.RESULTS.exists() else {}
    for name, part in PARTS.items():
        if name in arguments.parts or not arguments.parts:
            results[name] = part.measure(arguments.keep)
            # Written after each part, because a full run takes an hour.
            paths.RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    tables = report.tables(results)
    paths.REPORT.write_text(tables)
    if {"starts", "loads"} <= results.keys():
        chart.draw()
    print(tables)


main()
