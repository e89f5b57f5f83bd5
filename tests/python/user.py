"""Creates an IAM user with one inline policy, and prints an access key of that user: the ID, then the secret."""

import sys

from botocore.session import get_session


def main():
    endpoint, name, policy = sys.argv[1:]
    iam = get_session().create_client(
        "iam",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="only", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    print(key["AccessKeyId"])
    print(key["SecretAccessKey"])


main()
