data "aws_secretsmanager_secret" "pocket_key" {
  name = "POCKET_KEY"
}

data "aws_secretsmanager_secret" "pocket_token" {
  name = "POCKET_TOKEN"
}

data "aws_iam_policy_document" "secrets" {
  statement {
    sid     = "ReadSecrets"
    actions = ["secretsmanager:GetSecretValue"]
    resources = [
      data.aws_secretsmanager_secret.pocket_key.arn,
      data.aws_secretsmanager_secret.pocket_token.arn,
    ]
  }

  statement {
    sid     = "ReadSecretsInOneRequest"
    actions = ["secretsmanager:BatchGetSecretValue"]
    resources = [
      "*",
    ]
  }
}
