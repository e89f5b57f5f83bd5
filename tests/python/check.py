"""Checks a text from standard input with an external tool. Prints the findings, and fails if there are any."""

import json
import sys


def cloudformation(text):
    """Accepts a template or a JSON list of templates, because each start of the linter takes seconds."""
    from cfnlint.api import ManualArgs, lint

    # The snippets are the same in all regions. Each region takes as long as the first.
    config = ManualArgs(include_experimental=True, regions=["eu-central-1"])
    templates = json.loads(text) if text.startswith("[") else [text]
    # Rules that begin with an I are advice.
    return [
        f"template {number}: {match}"
        for number, template in enumerate(templates)
        for match in lint(template, config=config)
        if match.rule.id[0] in "EW"
    ]


def policy(text):
    import parliament

    return [str(finding) for finding in parliament.analyze_policy_string(text).findings]


def yaml(text):
    """Tags such as `!Sub` are accepted."""
    import yaml

    class Loader(yaml.SafeLoader):
        pass

    def construct(loader, _, node):
        if isinstance(node, yaml.ScalarNode):
            return loader.construct_scalar(node)
        if isinstance(node, yaml.SequenceNode):
            return loader.construct_sequence(node)
        return loader.construct_mapping(node)

    Loader.add_multi_constructor("!", construct)
    try:
        list(yaml.load_all(text, Loader))
    except yaml.YAMLError as error:
        return [str(error)]
    return []


def env(text):
    """Prints the value of each variable."""
    import io

    import dotenv

    print(json.dumps(dotenv.dotenv_values(stream=io.StringIO(text))))
    return []


def main():
    tool = {"cloudformation": cloudformation, "policy": policy, "yaml": yaml, "env": env}[sys.argv[1]]
    findings = tool(sys.stdin.read())
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)


main()
