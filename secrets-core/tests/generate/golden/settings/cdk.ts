import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";

/** Returns the permissions for loading the secrets. */
export function readSecrets(_scope: Construct): PolicyStatement[] {
  return [
  ];
}
