import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** Returns the permissions for loading the secrets. */
export function readSecrets(scope: Construct): PolicyStatement[] {
  const { partition, region, account } = Stack.of(scope);
  return [
    new PolicyStatement({
      sid: "ReadSecrets",
      actions: ["secretsmanager:GetSecretValue"],
      resources: [
        `arn:${partition}:secretsmanager:${region}:${account}:secret:POCKET_KEY`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:POCKET_KEY-??????`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:POCKET_TOKEN`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:POCKET_TOKEN-??????`,
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
