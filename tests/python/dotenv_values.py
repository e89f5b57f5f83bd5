"""Reads files with python-dotenv, in a process whose variables take precedence over the lines of the files.

The input is JSON, {"variables": {NAME: VALUE}, "files": [BASE64]}. The output has a result for each file: the values, the
values without replacements, and whether python-dotenv warns that it skips a statement.
"""

import base64
import io
import json
import logging
import os
import sys

from dotenv.main import DotEnv
from dotenv.parser import parse_stream


def read(data):
    # As `open` reads a file: UTF-8, and each newline as `\n`.
    def stream():
        return io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")

    def values(interpolate):
        return DotEnv(None, stream=stream(), interpolate=interpolate, override=False).dict()

    try:
        skips = any(binding.error for binding in parse_stream(stream()))
        return {"values": values(True), "raw": values(False), "skips": skips}
    except UnicodeDecodeError:
        return {"values": {}, "raw": {}, "skips": True}


def main():
    logging.disable()
    given = json.load(sys.stdin)
    os.environ.clear()
    os.environ.update(given["variables"])
    print(json.dumps([read(base64.b64decode(file)) for file in given["files"]]))


main()
