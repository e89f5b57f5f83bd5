import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** Returns the permissions for loading the secrets. */
export function readSecrets(scope: Construct, stage: string): PolicyStatement[] {
  const { partition, region, account } = Stack.of(scope);
  return [
    new PolicyStatement({
      sid: "ReadSecrets",
      actions: ["secretsmanager:GetSecretValue"],
      resources: [
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/db`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/db-??????`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/database`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/database-??????`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/token`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/token-??????`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:TOKEN`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:TOKEN-??????`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:${stage}/token`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:${stage}/token-??????`,
      ],
    }),
    new PolicyStatement({
      sid: "ReadSecretsInOneRequest",
      actions: ["secretsmanager:BatchGetSecretValue"],
      resources: [
        "*",
      ],
    }),
  ];
}
