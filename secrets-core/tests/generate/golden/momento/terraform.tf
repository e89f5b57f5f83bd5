data "aws_secretsmanager_secret" "momento_api_token" {
  name = "Momento_API_Token"
}

data "aws_iam_policy_document" "secrets" {
  statement {
    sid     = "ReadStageAWSPREVIOUS"
    actions = ["secretsmanager:GetSecretValue"]
    resources = [
      data.aws_secretsmanager_secret.momento_api_token.arn,
    ]

    condition {
      test     = "StringEquals"
      variable = "secretsmanager:VersionStage"
      values   = ["AWSPREVIOUS"]
    }
  }
}
