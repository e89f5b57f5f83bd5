"""Powertools for AWS Lambda, each secret sequentially."""

from aws_lambda_powertools.utilities import parameters
from wanted import NAMES, done

done([parameters.get_secret(name) for name in NAMES])
