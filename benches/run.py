"""from-secrets beside what one writes by hand and what others offer.

    python3 benches/run.py [PART ...] [--keep]

Parts: builds, starts, loads, reads, derive, wide; without one, all of them. Prints the tables in Markdown, and writes them to
benches/RESULTS.md, the figures to benches/results.json, and the chart from these to benches/chart.svg. What was measured
earlier and is not named stays. `--keep` measures the programs that an earlier run has built.

Everything runs against servers on loopback. Needs Linux, Rust and Python 3; brings the peers from crates.io and PyPI. All
parts take about an hour on two cores, most of it clean builds. Figures in brackets are relative to the first row: only
these mean something on another machine.
"""

import argparse
import json

from measure import builds, chart, derive, loads, paths, reads, report, starts, wide

PARTS = {"builds": builds, "starts": starts, "loads": loads, "reads": reads, "derive": derive, "wide": wide}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    arguments.add_argument("--keep", action="store_true", help="build only what was not built before")
    arguments = arguments.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        raise SystemExit(f"no part is called {', '.join(sorted(unknown))}: there are {', '.join(PARTS)}")
    results = json.loads(paths.RESULTS.read_text()) if paths.RESULTS.exists() else {}
    for name, part in PARTS.items():
        if name in arguments.parts or not arguments.parts:
            results[name] = part.measure(arguments.keep)
            # Written after each part: an hour is long.
            paths.RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    tables = report.tables(results)
    paths.REPORT.write_text(tables)
    if {"starts", "loads"} <= results.keys():
        chart.draw()
    print(tables)


main()
