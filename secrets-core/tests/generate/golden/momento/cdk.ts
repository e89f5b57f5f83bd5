import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** Returns the permissions for loading the secrets. */
export function readSecrets(scope: Construct): PolicyStatement[] {
  const { partition, region, account } = Stack.of(scope);
  return [
    new PolicyStatement({
      sid: "ReadStageAWSPREVIOUS",
      actions: ["secretsmanager:GetSecretValue"],
      resources: [
        `arn:${partition}:secretsmanager:${region}:${account}:secret:Momento_API_Token`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:Momento_API_Token-??????`,
      ],
      conditions: {
        StringEquals: {
          "secretsmanager:VersionStage": ["AWSPREVIOUS"],
        },
      },
    }),
  ];
}
