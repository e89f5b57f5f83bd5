"""Checks the first lines of the public documentation in rustdoc's JSON.

A function's summary begins with a verb in the third person. The summary of a variant may be a sentence; others do not
begin with an article, or with a word that makes them a question. Prints the flaws. Fails if it found any, or if the
crate has fewer examples than the second argument.
"""

import json
import re
import sys

# Words that are not verbs, but end like one in the third person.
NO_VERBS = {"This", "These", "Always", "Is", "Has", "Does", "Its", "Thus", "As"}
NO_STARTS = {"The", "What", "Whether", "How", "Where", "Which", "Who", "This", "It", "Same"}

path, least = sys.argv[1], int(sys.argv[2])
with open(path, encoding="utf-8") as file:
    index = json.load(file)["index"]

flaws, functions, examples = [], 0, 0
for item in index.values():
    kind, docs = next(iter(item["inner"])), item["docs"]
    if item["crate_id"] != 0 or not docs or kind == "impl":
        continue
    fences = re.findall(r"^```(.*)$", docs, re.MULTILINE)[::2]
    examples += sum(fence in ("", "no_run", "rust", "compile_fail", "should_panic") for fence in fences)
    summary = docs.strip().split("\n\n")[0].replace("\n", " ")
    first = re.match(r"\W*(\w*)", summary).group(1)
    if kind in ("function", "macro"):
        functions += 1
        is_right = first.endswith("s") and first[0].isupper() and first not in NO_VERBS
    else:
        is_right = first not in NO_STARTS or (kind == "variant" and first == "The")
    if not is_right:
        place = item["span"] and f"{item['span']['filename']}:{item['span']['begin'][0]}"
        flaws.append(f"{place}: {kind} `{item['name']}`: {summary[:100]}")

for flaw in sorted(flaws):
    print(flaw)
print(f"{functions} functions, {examples} examples, {len(flaws)} flaws", file=sys.stderr)
if examples < least:
    print(f"fewer than {least} examples", file=sys.stderr)
sys.exit(bool(flaws) or examples < least)
