import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** Returns the permissions for loading the secrets. */
export function readSecrets(scope: Construct, shopCertificateArn: string): PolicyStatement[] {
  const { partition, region, account } = Stack.of(scope);
  return [
    new PolicyStatement({
      sid: "ReadSecrets",
      actions: ["secretsmanager:GetSecretValue"],
      resources: [
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/shop`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/shop-??????`,
        shopCertificateArn,
        `${shopCertificateArn}-??????`,
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/key-AbCdEf",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/key-AbCdEf-??????",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/other",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/other-??????",
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/primary/user-name`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/primary/user-name-??????`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/primary/password`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/primary/password-??????`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/replica/user-name`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/replica/user-name-??????`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/replica/password`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/replica/password-??????`,
      ],
    }),
    new PolicyStatement({
      sid: "ReadStageAWSPENDING",
      actions: ["secretsmanager:GetSecretValue"],
      resources: [
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/db`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/db-??????`,
      ],
      conditions: {
        StringEquals: {
          "secretsmanager:VersionStage": ["AWSPENDING"],
        },
      },
    }),
    new PolicyStatement({
      sid: "ReadVersion0123456789abcdef0123456789abcdef",
      actions: ["secretsmanager:GetSecretValue"],
      resources: [
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/db`,
        `arn:${partition}:secretsmanager:${region}:${account}:secret:prod/db-??????`,
      ],
      conditions: {
        StringEquals: {
          "secretsmanager:VersionId": ["01234567-89ab-cdef-0123-456789abcdef"],
        },
      },
    }),
    new PolicyStatement({
      sid: "ReadSecretsInOneRequest",
      actions: ["secretsmanager:BatchGetSecretValue"],
      resources: [
        "*",
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
          "kms:ViaService": ["secretsmanager.eu-west-1.amazonaws.com"],
        },
      },
    }),
  ];
}
