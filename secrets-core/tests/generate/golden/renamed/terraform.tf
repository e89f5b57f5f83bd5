data "aws_secretsmanager_secret" "prod_db" {
  name = "prod/db"
}

data "aws_secretsmanager_secret" "prod_token" {
  name = "prod/token"
}

data "aws_iam_policy_document" "secrets" {
  statement {
    sid     = "ReadSecrets"
    actions = ["secretsmanager:GetSecretValue"]
    resources = [
      data.aws_secretsmanager_secret.prod_db.arn,
      "arn:aws:secretsmanager:*:*:secret:prod/database",
      "arn:aws:secretsmanager:*:*:secret:prod/database-??????",
      data.aws_secretsmanager_secret.prod_token.arn,
      "arn:aws:secretsmanager:*:*:secret:TOKEN",
      "arn:aws:secretsmanager:*:*:secret:TOKEN-??????",
      "arn:aws:secretsmanager:*:*:secret:${var.stage}/token",
      "arn:aws:secretsmanager:*:*:secret:${var.stage}/token-??????",
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
