"""Follows a page of the documentation literally, in a new directory: writes its files, runs its commands in one shell, and
compares their output with the output on the page. Prints the number of commands.

    walkthrough.py ENDPOINT TARGET PAGE [FROM [TO]]

The page may be limited to the text between FROM and TO. Two stand-ins replace the rest of the world. The profile `dev` is
that of an emulator at ENDPOINT. A script in front of cargo adds the library by its path, because it may not be published,
and replaces cargo-lambda: functions are built for this machine, and started without an emulator of the Runtime API.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
GUIDE = ROOT / "secrets-core/src/guide"

CARGO = r"""#!/bin/bash
set -e
case "$1 $2" in
"new "*)
    # The versions that the other tests use.
    "$CARGO" "$@"
    exec cp "$LIBRARY/../Cargo.lock" "$2"
    ;;
"lambda build")
    "$CARGO" build --quiet --bin lambda
    mkdir -p target/lambda/lambda
    # The emulator executes it, and does not set its own endpoint.
    exec "$PYTHON" -c 'import os, zipfile
script = "#!/bin/sh\nAWS_ENDPOINT_URL={ENDPOINT} exec {CARGO_TARGET_DIR}/debug/lambda\n"
with zipfile.ZipFile("target/lambda/lambda/bootstrap.zip", "w") as archive:
    archive.writestr("bootstrap", script.format_map(os.environ))'
    ;;
"lambda watch")
    "$CARGO" build --quiet --bin lambda
    export AWS_LAMBDA_FUNCTION_NAME=lambda AWS_LAMBDA_RUNTIME_API=http://127.0.0.1:9000/.rt/lambda
    export AWS_LAMBDA_FUNCTION_MEMORY_SIZE=4096 AWS_LAMBDA_FUNCTION_VERSION=1
    exec "$CARGO_TARGET_DIR/debug/lambda"
    ;;
esac
case " $* " in
*" add "*"from-secrets "*) exec "$CARGO" "$@" --path "$LIBRARY" ;;
*) exec "$CARGO" "$@" ;;
esac
"""


class Commands:
    def __init__(self, text):
        self.text = text
        self.expected = None


class File:
    def __init__(self, path, text):
        self.path = path
        self.text = text


def blocks(text):
    """Yields the language and the text of each code block, and the text before it."""
    before = []
    lines = iter(text.splitlines())
    for line in lines:
        fence = re.fullmatch(r"( *)```(.*)", line)
        if not fence:
            before.append(line)
            continue
        block = []
        for line in lines:
            if line.strip() == "```":
                break
            block.append(line.removeprefix(fence[1]))
        yield fence[2], "\n".join(block), "\n".join(before)
        before = []


def steps(text):
    """Returns the files and the commands of a page. A link to the setup of the command line includes its steps.

    Other blocks are parts of files, or output that is shown a second time.
    """
    found = []
    for language, block, before in blocks(text):
        if "crate::guide::command_line#setup" in before:
            found += [step for step in setup() if not is_repeated(step, found)]
        if language == "sh":
            found.append(Commands(block))
        elif language == "text":
            if found and isinstance(found[-1], Commands) and not found[-1].expected:
                found[-1].expected = block
        else:
            # The first line, or the paragraph before the block, names its file. Lines that rustdoc hides are not part of it.
            paragraph = before.strip().split("\n\n")[-1]
            path = re.match(r"// (\S+)", block) or re.search(r"`([\w./-]+\.(?:rs|toml))`", paragraph)
            lines = [line for line in block.splitlines() if not re.match(r"#( |$)", line)]
            if path and "\n" in block:
                found.append(File(path[1], "\n".join(lines) + "\n"))
    return found


def setup():
    return steps(section(GUIDE / "command_line.md", "# Setup\n", "\n# Subcommands\n"))


def is_repeated(step, others):
    """The struct of the page that includes the setup is already in the library. Both end with the same command."""
    if isinstance(step, File):
        return any(isinstance(other, File) and other.path == step.path for other in others)
    return step.text == "cargo secrets check"


def section(page, start="", end=""):
    text = page.read_text()
    for part in (start, end):
        assert part in text, f"{page}: no `{part}`"
    text = text.split(start, 1)[1] if start else text
    return text.split(end, 1)[0] if end else text


def is_skipped(step):
    """The command needs a second terminal."""
    return "cargo lambda invoke" in step.text


def script(found):
    """Returns a program that runs the steps in one shell, and writes the output and the failures of each."""
    lines = ["trap 'echo failed >>\"$FAILURES\"' ERR"]
    for index, step in enumerate(found):
        if isinstance(step, File):
            text = f"mkdir -p $(dirname {step.path}) && cat >{step.path} <<'END-OF-FILE'\n{step.text}END-OF-FILE"
            lines.append(text)
        elif not is_skipped(step):
            lines.append(f'FAILURES="$RESULTS/{index}.failures"')
            lines.append(f'{{\n{step.text}\n}} >"$RESULTS/{index}" 2>&1 </dev/null')
            if not step.expected:
                lines.append('[ ! -e "$FAILURES" ] || exit')
    return "\n".join(lines)


def normalized(text, home):
    """Returns the words of an output without times and identifiers."""
    text = text.replace(str(home), "~")
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "VERSION", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME", text)
    return " ".join(text.split())


def ends_with(actual, expected):
    """The page shows the output of the last command of a block. `…` is any text."""
    parts = [re.escape(part.strip()) for part in expected.split("…")]
    return re.search(r" ?.*? ?".join(parts) + "$", actual) is not None


def follow(found, endpoint, target, directory):
    home, results, bin = directory / "home", directory / "results", directory / "bin"
    for created in (home / ".aws", results, bin, target):
        created.mkdir(parents=True, exist_ok=True)
    (home / ".aws/config").write_text(
        f"[profile dev]\nregion = eu-central-1\nendpoint_url = {endpoint}\n"
        "aws_access_key_id = test\naws_secret_access_key = test\n"
    )
    (bin / "cargo").write_text(CARGO)
    (bin / "cargo").chmod(0o755)
    cargo = pathlib.Path(os.environ["CARGO"])
    tools = [bin, cargo.parent, pathlib.Path(sys.executable).parent]
    environment = {
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "CARGO": str(cargo),
        "CARGO_HOME": os.environ.get("CARGO_HOME", os.path.expanduser("~/.cargo")),
        "CARGO_INCREMENTAL": "0",
        "CARGO_PROFILE_DEV_DEBUG": "0",
        "CARGO_TARGET_DIR": str(target.resolve()),
        "CARGO_TERM_QUIET": "true",
        "ENDPOINT": endpoint,
        "HOME": str(home),
        "LIBRARY": str(ROOT / "secrets-core"),
        "PATH": os.pathsep.join([*map(str, tools), os.environ["PATH"]]),
        "PYTHON": sys.executable,
        "RESULTS": str(results),
        # A sample that causes a warning is not finished.
        "RUSTFLAGS": "-D warnings",
    }
    run = ["bash", "-c", script(found)]
    ended = subprocess.run(run, cwd=directory, env=environment, check=False)
    assert ended.returncode >= 0, "the shell was killed"
    for index, step in enumerate(found):
        if not isinstance(step, Commands) or is_skipped(step):
            continue
        assert (results / str(index)).exists(), f"not run, because an earlier step failed: {step.text}"
        output = (results / str(index)).read_text()
        failed = (results / f"{index}.failures").exists()
        if not step.expected:
            assert not failed, f"$ {step.text}\n{output}"
            continue
        # The error contains the endpoint of AWS on the page, and that of the emulator here.
        expected = re.sub(r"https://secretsmanager\.[a-z0-9-]+\.amazonaws\.com", endpoint, step.expected)
        expected, actual = normalized(expected, home), normalized(output, home)
        assert ends_with(actual, expected), f"$ {step.text}\n{output}\nexpected:\n{step.expected}"
        assert failed == step.expected.startswith("Error:"), f"$ {step.text}\nfailed: {failed}"


def main():
    endpoint, target, page, *limits = sys.argv[1:]
    found = steps(section(ROOT / page, *limits))
    if not any(isinstance(step, Commands) and "cargo new" in step.text for step in found):
        found.insert(0, Commands("cargo new application && cd application"))
    directory = pathlib.Path(tempfile.mkdtemp(prefix="from-secrets-walkthrough-"))
    try:
        follow(found, endpoint, pathlib.Path(target), directory)
    finally:
        shutil.rmtree(directory)
    commands = [step for step in found if isinstance(step, Commands)]
    count = sum(len(step.text.replace("\\\n", " ").splitlines()) for step in commands)
    files = sum(isinstance(step, File) for step in found)
    print(f"{page}: {count} lines of commands, {files} files")


main()
