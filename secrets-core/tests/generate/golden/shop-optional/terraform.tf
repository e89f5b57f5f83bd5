data "aws_secretsmanager_secret" "prod_shop" {
  name = "prod/shop"
}

data "aws_secretsmanager_secret" "prod_db" {
  name = "prod/db"
}

data "aws_secretsmanager_secret" "prod_primary_user_name" {
  name = "prod/primary/user-name"
}

data "aws_secretsmanager_secret" "prod_primary_password" {
  name = "prod/primary/password"
}

data "aws_secretsmanager_secret" "prod_replica_user_name" {
  name = "prod/replica/user-name"
}

data "aws_secretsmanager_secret" "prod_replica_password" {
  name = "prod/replica/password"
}

data "aws_iam_policy_document" "secrets" {
  statement {
    sid     = "ReadSecrets"
    actions = ["secretsmanager:GetSecretValue"]
    resources = [
      data.aws_secretsmanager_secret.prod_shop.arn,
      var.shop_certificate_arn,
      "${var.shop_certificate_arn}-??????",
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/key-AbCdEf",
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/key-AbCdEf-??????",
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/other",
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/other-??????",
      data.aws_secretsmanager_secret.prod_primary_user_name.arn,
      data.aws_secretsmanager_secret.prod_primary_password.arn,
      data.aws_secretsmanager_secret.prod_replica_user_name.arn,
      data.aws_secretsmanager_secret.prod_replica_password.arn,
    ]
  }

  statement {
    sid     = "ReadStageAWSPENDING"
    actions = ["secretsmanager:GetSecretValue"]
    resources = [
      data.aws_secretsmanager_secret.prod_db.arn,
    ]

    condition {
      test     = "StringEquals"
      variable = "secretsmanager:VersionStage"
      values   = ["AWSPENDING"]
    }
  }

  statement {
    sid     = "ReadVersion0123456789abcdef0123456789abcdef"
    actions = ["secretsmanager:GetSecretValue"]
    resources = [
      data.aws_secretsmanager_secret.prod_db.arn,
    ]

    condition {
      test     = "StringEquals"
      variable = "secretsmanager:VersionId"
      values   = ["01234567-89ab-cdef-0123-456789abcdef"]
    }
  }

  statement {
    sid     = "ReadSecretsInOneRequest"
    actions = ["secretsmanager:BatchGetSecretValue"]
    resources = [
      "*",
    ]
  }
}
