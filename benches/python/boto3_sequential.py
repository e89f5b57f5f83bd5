"""The AWS console's sample for Python, called for each secret sequentially."""

import boto3
from wanted import NAMES, done

client = boto3.client("secretsmanager")
done([client.get_secret_value(SecretId=name)["SecretString"] for name in NAMES])
