"""Runs scenarios with boto3 and with the AWS CLI against one server, and checks each response against the API's model.

The input is JSON, {"endpoints": {SERVICE: URL}, "keys": [ID, SECRET], "scenarios": [NAME]}. The output is JSON, {"steps":
{STEP: {"boto3": OUTCOME, "cli": OUTCOME}}, "violations": [TEXT]}. What differs from run to run, such as version ids and
times, has the same text in each outcome.
"""

import base64
import contextlib
import io
import json
import os
import re
import sys
import tempfile

import boto3
import botocore.config
import botocore.exceptions
from awscli.clidriver import create_clidriver

import scenarios

REGION = "us-east-1"
# Errors of every service, which no model contains:
# https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
COMMON_ERRORS = {
    "AccessDeniedException",
    "ThrottlingException",
    "UnknownOperationException",
    "ValidationException",
}
# AWS returns this list also if it is empty, and the model has the limits of the request's list.
EMPTY_LISTS = {"GetParameters.InvalidParameters"}
# The phrases of messages that the library reads.
PHRASES = ["specified secret value", "deletion"]


class Outcomes:
    """The outcomes of the steps of one scenario with one client."""

    def __init__(self, scenario, prefix):
        self.scenario, self.prefix = scenario, prefix
        self.steps, self.versions = {}, {}

    def response(self, step, response):
        self.steps[f"{self.scenario}: {step}"] = self.text(plain(response))

    def error(self, step, code, message):
        phrases = [phrase for phrase in PHRASES if phrase in message]
        self.steps[f"{self.scenario}: {step}"] = " ".join([code, *(f"({phrase})" for phrase in phrases)])

    def text(self, response):
        text = json.dumps(response, sort_keys=True, ensure_ascii=False)
        text = re.sub("x{100,}", "LONG", text.replace(self.prefix, ""))
        text = re.sub(r"arn:aws:(secretsmanager|ssm):[a-z0-9-]+:\d{12}:", r"arn:\1:", text)
        text = re.sub(r"(:secret:[^\"]+?)-[A-Za-z0-9]{6}(?=\")", r"\1-SUFFIX", text)
        return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", self.version, text)

    def version(self, found):
        return self.versions.setdefault(found[0], f"version {len(self.versions) + 1}")


def plain(value, key=""):
    """Returns a response of either client as JSON without times, tokens and metadata."""
    if isinstance(value, dict):
        kept = {k: plain(v, k) for k, v in value.items() if k != "ResponseMetadata"}
        # Keys of maps can be version ids, which the order of the text must not depend on.
        return {k: sorted(v) if k == "VersionStages" else v for k, v in kept.items()}
    if isinstance(value, list):
        items = [plain(item) for item in value]
        return sorted(items, key=order) if key in ("Versions", "SecretValues", "Errors", "Parameters") else items
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if key.endswith("Date"):
        return "TIME"
    return {"NextToken": "TOKEN", "Message": "MESSAGE"}.get(key, value)


def order(item):
    return str((item.get("Name", ""), item.get("SecretId", ""), sorted(item.get("VersionStages", []))))


class Boto3:
    NAME = "boto3"

    def __init__(self, endpoints, violations):
        config = botocore.config.Config(
            region_name=REGION,
            # The server rejects what is not valid.
            parameter_validation=False,
            retries={"mode": "standard", "total_max_attempts": 2},
        )
        create = lambda service: boto3.client(service, endpoint_url=endpoints[service], config=config)
        self.clients = {service: create(service) for service in endpoints}
        for client in self.clients.values():
            client.meta.events.register("before-parse", lambda **given: violations.extend(check(**given)))

    def call(self, service, operation, parameters):
        try:
            return getattr(self.clients[service], operation)(**parameters), None
        except botocore.exceptions.ClientError as error:
            return None, (error.response["Error"]["Code"], error.response["Error"]["Message"])


class Cli:
    NAME = "cli"

    def __init__(self, endpoints, _):
        self.endpoints, self.driver = endpoints, create_clidriver()

    def call(self, service, operation, parameters):
        with tempfile.TemporaryDirectory() as directory:
            flags = [flag for item in parameters.items() for flag in self.flags(directory, *item)]
            arguments = [service, operation.replace("_", "-"), *flags, "--endpoint-url", self.endpoints[service]]
            status, out, err = self.run([*arguments, "--output", "json", "--no-paginate"])
        if status == 0:
            return json.loads(out), None
        found = re.search(r"An error occurred \((\w+)\) when calling the \w+ operation(?: \(.*?\))?: (.*)", err)
        return None, (found[1], found[2]) if found else ("rejected by the client", "")

    def flags(self, directory, name, value):
        flag = "--" + re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
        if isinstance(value, bytes):
            path = os.path.join(directory, name)
            with open(path, "wb") as file:
                file.write(value)
            return [flag, f"fileb://{path}"]
        if isinstance(value, bool):
            return [flag] if value else [f"--no-{flag[2:]}"]
        if isinstance(value, list):
            return [flag, *(item if isinstance(item, str) else json.dumps(item) for item in value)]
        return [flag, str(value)]

    def run(self, arguments):
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                status = self.driver.main(arguments)
            except SystemExit as end:
                status = end.code
        return status, out.getvalue(), err.getvalue()


def check(operation_model, response_dict, **_):
    """Yields how a response differs from the model."""
    name = operation_model.name
    try:
        body = json.loads(response_dict["body"])
    except ValueError:
        yield f"{name}: the body is not JSON"
        return
    if response_dict["status_code"] < 300:
        yield from compare(body, operation_model.output_shape, name)
        for error in body.get("Errors") or []:
            yield from check_code(error.get("ErrorCode"), operation_model, f"{name}.Errors")
    else:
        if response_dict["status_code"] != 400:
            yield f"{name}: an error of the client has the status {response_dict['status_code']}"
        yield from check_code(body.get("__type"), operation_model, name)


def check_code(code, operation_model, where):
    modeled = {shape.name for shape in operation_model.error_shapes}
    if code not in modeled | COMMON_ERRORS:
        yield f"{where}: {code} is not an error of this operation"


def compare(value, shape, where):
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            yield f"{where}: {value!r} is not a structure"
            return
        for key in value.keys() - shape.members.keys():
            yield f"{where}: {key} is unknown"
        for key in set(shape.required_members) - value.keys():
            yield f"{where}: {key} is missing"
        for key in value.keys() & shape.members.keys():
            yield from compare(value[key], shape.members[key], f"{where}.{key}")
    elif shape.type_name == "list" and isinstance(value, list):
        yield from compare_size(len(value), shape, where)
        for item in value:
            yield from compare(item, shape.member, where)
    elif shape.type_name == "map" and isinstance(value, dict):
        for key, item in value.items():
            yield from compare(key, shape.key, where)
            yield from compare(item, shape.value, f"{where}.{key}")
    elif shape.type_name == "string" and isinstance(value, str):
        yield from compare_size(len(value), shape, where)
        if shape.enum and value not in shape.enum:
            yield f"{where}: {value!r} is not one of {shape.enum}"
    elif shape.type_name == "blob" and isinstance(value, str):
        yield from compare_size(len(base64.b64decode(value, validate=True)), shape, where)
    elif shape.type_name in ("integer", "long") and type(value) is int:
        yield from compare_size(value, shape, where)
    elif shape.type_name == "boolean" and isinstance(value, bool):
        pass
    elif shape.type_name == "timestamp" and type(value) in (int, float):
        pass
    else:
        yield f"{where}: {value!r} is not a {shape.type_name}"


def compare_size(size, shape, where):
    least, most = shape.metadata.get("min", 0), shape.metadata.get("max", float("inf"))
    if not least <= size <= most and not (size == 0 and where in EMPTY_LISTS):
        yield f"{where}: {size} is not between {least} and {most}"


def main():
    given = json.load(sys.stdin)
    os.environ.update(
        AWS_ACCESS_KEY_ID=given["keys"][0],
        AWS_SECRET_ACCESS_KEY=given["keys"][1],
        AWS_REGION=REGION,
        AWS_DEFAULT_REGION=REGION,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        AWS_RETRY_MODE="standard",
        AWS_MAX_ATTEMPTS="2",
    )
    steps, violations = {}, []
    for client in Boto3(given["endpoints"], violations), Cli(given["endpoints"], violations):
        for name in given["scenarios"]:
            outcomes = Outcomes(name, f"{client.NAME}/")
            scenarios.SCENARIOS[name](scenarios.Run(client, outcomes))
            for step, outcome in outcomes.steps.items():
                steps.setdefault(step, {})[client.NAME] = outcome
    print(json.dumps({"steps": steps, "violations": sorted(set(violations))}))


main()
