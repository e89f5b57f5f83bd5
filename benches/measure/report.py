"""The figures as tables in Markdown; in brackets, relative to the first row."""

from measure.limited import PERCENT
from measure.loads import CONTENDERS
from measure.stand import DELAYS, SCHEMES

SIZES = ("1", "2", "10", "20", "45", "200", "json")
HEADINGS = [f"{size} secret{'s' * (size != '1')}" for size in SIZES[:-1]] + ["10 keys of one"]

TITLE = """# Results

Written by `python3 benches/run.py`; [the README beside this](README.md) says what was compared and how. Figures in
brackets are relative to the first row: only these mean something on another machine.
"""


def tables(results):
    parts = [TITLE]
    if "starts" in results:
        parts += starts(results["starts"])
    if "loads" in results:
        parts += loads(results["loads"])
    if "reads" in results:
        parts += reads(results["reads"])
    if "builds" in results:
        parts += builds(results["builds"])
    if "derive" in results:
        parts += derive(results["derive"])
    if "wide" in results:
        parts += wide(results["wide"])
    return "\n".join(parts)


def table(headings, rows):
    lines = ["| " + " | ".join(headings) + " |", "|" + "---|" * len(headings)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def relative(rows):
    """Rows of a title and of pairs, a figure and its form; each but the first row tells its share of the first's."""
    for row in rows:
        cells = [form.format(figure) for figure, form in row[1:]]
        if row is not rows[0]:
            cells = [f"{cell} ({share(figure, first)})" for cell, (figure, _), (first, _) in zip(cells, row[1:], rows[0][1:])]
        yield [row[0], *cells]


def share(figure, first):
    ratio = figure / first
    return f"{ratio:.1%}" if ratio < 0.1 else f"{ratio:.0%}"


def starts(rows):
    def find(program, scheme, delay, limited=False):
        wanted = {"program": program, "scheme": scheme, "delay": delay, "limited": limited}
        return next((row for row in rows if all(row[name] == value for name, value in wanted.items())), None)

    columns = [(scheme, delay) for scheme in SCHEMES for delay in DELAYS]
    walls, uses = [], []
    for program in dict.fromkeys(row["program"] for row in rows):
        walls.append([program, *((find(program, *column)["wall"] * 1000, "{:.1f} ms") for column in columns)])
        plain, limited = find(program, "https", 0), find(program, "https", 0, True)
        uses.append([program, (plain["cpu"] * 1000, "{:.1f} ms"), (plain["kib"] / 1024, "{:.1f} MiB")])
        if limited:
            uses[-1].append((limited["wall"] * 1000, "{:.0f} ms"))
        uses[-1].append((plain["requests"], "{}"))
    limit = [f"start on {PERCENT} % of a core"] * (len(uses[0]) == 5)
    return [
        "## Start of a program, until ten secrets are there\n",
        table(["program", *(f"{scheme}, {delay} ms a request" for scheme, delay in columns)], relative(walls)),
        "Over https, 0 ms a request:\n",
        table(["program", "CPU time", "peak memory", *limit, "requests"], relative(uses)),
    ]


def loads(rows):
    found = {(row["scheme"], row["delay"], row["contender"], row["wanted"]): row for row in rows}
    parts = ["## Loads in a running program\n"]
    for scheme in SCHEMES:
        for delay in DELAYS:
            parts.append(f"Over {scheme}, {delay} ms a request:\n")
            lines = [
                [title, *((found[scheme, delay, contender, size]["seconds"] * 1000, "{:.2f} ms") for size in SIZES)]
                for contender, title in CONTENDERS.items()
            ]
            parts.append(table(["load", *HEADINGS], relative(lines)))
    for what, heading in ("requests", "Requests:\n"), ("allocations", "Allocations on the loading thread:\n"):
        lines = [
            [title, *((found["https", 20, contender, size][what], "{:.0f}") for size in SIZES)]
            for contender, title in CONTENDERS.items()
        ]
        parts += [heading, table(["load", *HEADINGS], relative(lines))]
    return parts


def reads(rows):
    warm = [
        [row["read"], (row["nanoseconds"], "{:.1f} ns"), (row["beside_another"], "{:.1f} ns")]
        for row in rows
        if "read" in row
    ]
    refreshed = [[row["refresh"], (row["seconds"] * 1000, "{:.1f} ms")] for row in rows if "refresh" in row]
    return [
        "## Reads of what is loaded\n",
        table(["a call", "on one thread", "beside another that reads"], relative(warm)),
        "Refreshes of ten secrets over https, 20 ms a request:\n",
        table(["a refresh", "time"], relative(refreshed)),
    ]


def builds(programs):
    lines = [
        [
            title,
            (facts["wall"], "{:.0f} s"),
            (facts["cpu"], "{:.0f} s"),
            (facts["crates"], "{}"),
            (facts["bytes"] / 1e6, "{:.2f} MB"),
        ]
        for title, facts in programs.items()
    ]
    return [
        "## Builds of a program of ten secrets\n",
        table(["program", "clean release build", "its CPU time", "crates", "binary, stripped"], relative(lines)),
    ]


def derive(rows):
    lines = [
        [
            f"{row['structs']} struct{'s' * (row['structs'] != 1)}",
            f"`cargo {row['command']}`",
            f"{row['serde']:.2f} s",
            f"{row['ours']:.2f} s ({share(row['ours'], row['serde'])})",
        ]
        for row in rows
    ]
    return [
        "## Compile time of the derive\n",
        "Structs of five fields, each loaded (or parsed with `serde_json`) in a function; dependencies compiled before.\n",
        table(["structs", "command", "serde's `Deserialize`", "`FromSecrets`"], lines),
    ]


def wide(rows):
    lines = []
    for row in rows:
        ours, serde = row["ours"], row["serde"]
        lines.append([
            f"{row['fields']}",
            f"{serde['seconds']:.2f} s, {serde['mebibytes']:.0f} MiB",
            f"{ours['seconds']:.2f} s ({share(ours['seconds'], serde['seconds'])}), "
            f"{ours['mebibytes']:.0f} MiB ({share(ours['mebibytes'], serde['mebibytes'])})",
        ])
    return [
        "## Compile time of one large struct\n",
        "`cargo build` of a struct of so many fields; dependencies compiled before. Time, and peak memory of rustc.\n",
        table(["fields", "serde's `Deserialize`", "`FromSecrets`"], lines),
    ]
