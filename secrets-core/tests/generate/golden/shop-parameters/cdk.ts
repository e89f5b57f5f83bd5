import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** Returns the permissions for loading the secrets. */
export function readSecrets(scope: Construct, shopCertificateArn: string): PolicyStatement[] {
  const { partition, region, account } = Stack.of(scope);
  return [
    new PolicyStatement({
      sid: "ReadParameters",
      actions: ["ssm:GetParameter", "ssm:GetParameters"],
      resources: [
        `arn:${partition}:ssm:${region}:${account}:parameter/prod/shop`,
        `arn:${partition}:ssm:${region}:${account}:parameter/prod/db`,
        `arn:${partition}:ssm:${region}:${account}:parameter/prod/primary/user-name`,
        `arn:${partition}:ssm:${region}:${account}:parameter/prod/primary/password`,
        `arn:${partition}:ssm:${region}:${account}:parameter/prod/replica/user-name`,
        `arn:${partition}:ssm:${region}:${account}:parameter/prod/replica/password`,
      ],
    }),
    new PolicyStatement({
      sid: "ReadParametersByPath",
      actions: ["ssm:GetParametersByPath"],
      resources: [
        `arn:${partition}:ssm:${region}:${account}:parameter/prod/shop`,
      ],
    }),
    new PolicyStatement({
      sid: "DecryptSecrets",
      actions: ["kms:Decrypt"],
      resources: [
        "arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
      ],
      conditions: {
        StringEquals: {
          "kms:ViaService": ["ssm.eu-west-1.amazonaws.com"],
        },
      },
    }),
  ];
}
