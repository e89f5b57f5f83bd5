data "aws_secretsmanager_secret" "stage_shop" {
  name = "${var.stage}/shop"
}

data "aws_secretsmanager_secret" "prod_db" {
  name = "prod/db"
}

data "aws_secretsmanager_secret" "stage_primary_user_name" {
  name = "${var.stage}/primary/user-name"
}

data "aws_secretsmanager_secret" "stage_primary_password" {
  name = "${var.stage}/primary/password"
}

data "aws_iam_policy_document" "secrets" {
  statement {
    sid     = "ReadSecrets"
    actions = ["secretsmanager:GetSecretValue"]
    resources = [
      data.aws_secretsmanager_secret.stage_shop.arn,
      var.shop_certificate_arn,
      "${var.shop_certificate_arn}-??????",
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/key-AbCdEf",
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/key-AbCdEf-??????",
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/other",
      "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shared/other-??????",
      data.aws_secretsmanager_secret.stage_primary_user_name.arn,
      data.aws_secretsmanager_secret.stage_primary_password.arn,
      "arn:aws-cn:secretsmanager:*:*:secret:${var.stage}/replica/user-name",
      "arn:aws-cn:secretsmanager:*:*:secret:${var.stage}/replica/user-name-??????",
      "arn:aws-cn:secretsmanager:*:*:secret:${var.stage}/replica/password",
      "arn:aws-cn:secretsmanager:*:*:secret:${var.stage}/replica/password-??????",
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
