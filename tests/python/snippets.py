"""Parses snippets, and prints the IDs and ARNs that they contain.

The input is JSON, [[FORMAT, TEXT]]. The output has a list of texts for each snippet, or an error.
"""

import io
import json
import sys

import hcl2
import yaml


class Loader(yaml.SafeLoader):
    """Accepts tags such as `!Sub`, and rejects duplicate keys."""

    def construct_mapping(self, node, deep=False):
        keys = [key.value for key, _ in node.value]
        if len(keys) != len(set(keys)):
            raise yaml.YAMLError(f"duplicate keys: {keys}")
        return super().construct_mapping(node, deep)


def reference(loader, tag, node):
    text = loader.construct_scalar(node)
    return "${" + text + "}" if tag == "Ref" else text


Loader.add_multi_constructor("!", reference)


def load(text):
    return yaml.load(text, Loader)


def cloudformation(text):
    resources = load(text) or {}
    assert all(id.isascii() and id.isalnum() and len(id) <= 255 for id in resources), list(resources)
    return [resource["Properties"]["Name"] for resource in resources.values()]


def sam(text):
    (policy,) = load(text)
    return [arn for statement in policy["Statement"] for arn in statement["Resource"]]


def terraform(text):
    unquoted = lambda text: text.removeprefix('"').removesuffix('"')
    blocks = [block for block in hcl2.load(io.StringIO(text))["data"]]
    sources = [block['"aws_secretsmanager_secret"'] for block in blocks if '"aws_secretsmanager_secret"' in block]
    names = [name for source in sources for name in source]
    assert len(names) == len(set(names)), names
    return [unquoted(body["name"]) for source in sources for body in source.values()]


def secret_provider_class(text):
    resource = load(text)
    objects = load(resource["spec"]["parameters"]["objects"])
    assert all(set(object) == {"objectName", "objectType"} for object in objects), objects
    return [object["objectName"] for object in objects]


def external_secret(text):
    resource = load(text)
    data = resource["spec"]["data"]
    keys = [entry["secretKey"] for entry in data]
    assert len(keys) == len(set(keys)), keys
    return [entry["remoteRef"]["key"] for entry in data]


def ecs(text):
    return [entry["valueFrom"] for entry in json.loads(text)]


FORMATS = {
    "cloudformation": cloudformation,
    "sam": sam,
    "terraform": terraform,
    "secret_provider_class": secret_provider_class,
    "external_secret": external_secret,
    "ecs": ecs,
}


def main():
    results = []
    for format, text in json.load(sys.stdin):
        try:
            results.append(FORMATS[format](text))
        except Exception as error:
            results.append({"error": f"{type(error).__name__}: {error}"})
    print(json.dumps(results))


main()
