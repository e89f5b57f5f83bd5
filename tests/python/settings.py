"""Resolves credentials, region and endpoint of Secrets Manager with boto3, for each environment in the input.

The input is JSON, [{VARIABLE: VALUE}]. The output has a result for each environment: the access key id, the region and
the endpoint, or the name of the exception.
"""

import json
import os
import sys

import boto3
import botocore.loaders
import botocore.session

# The models, which do not depend on the environment.
LOADER = botocore.loaders.create_loader()


def resolve(environment):
    os.environ.clear()
    os.environ.update(environment)
    try:
        session = botocore.session.Session()
        session.register_component("data_loader", LOADER)
        client = boto3.Session(botocore_session=session).client("secretsmanager")
        credentials = session.get_credentials()
        if not credentials:
            return {"refused": "no credentials"}
        key = credentials.get_frozen_credentials().access_key
        return {"key": key, "region": client.meta.region_name, "endpoint": client.meta.endpoint_url}
    except Exception as error:
        return {"refused": f"{type(error).__name__}"}


def main():
    print(json.dumps([resolve(environment) for environment in json.load(sys.stdin)]))


main()
