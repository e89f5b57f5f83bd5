import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** Returns the permissions for loading the secrets. */
export function readSecrets(scope: Construct, stage: string, shopCertificateArn: string): PolicyStatement[] {
  const { partition, region, account } = Stack.of(scope);
  return [
    new PolicyStatement({
      sid: "ReadParameters",
      actions: ["ssm:GetParameter", "ssm:GetParameters"],
      resources: [
        `arn:${partition}:ssm:${region}:${account}:parameter/${stage}/shop`,
        `arn:${partition}:ssm:${region}:${account}:parameter/prod/db`,
        `arn:${partition}:ssm:${region}:${account}:parameter/${stage}/primary/user-name`,
        `arn:${partition}:ssm:${region}:${account}:parameter/${stage}/primary/password`,
        `arn:${partition}:ssm:${region}:${account}:parameter/${stage}/replica/user-name`,
        `arn:${partition}:ssm:${region}:${account}:parameter/${stage}/replica/password`,
      ],
    }),
    new PolicyStatement({
      sid: "ReadParametersByPath",
      actions: ["ssm:GetParametersByPath"],
      resources: [
        `arn:${partition}:ssm:${region}:${account}:parameter/${stage}/shop`,
      ],
    }),
  ];
}
