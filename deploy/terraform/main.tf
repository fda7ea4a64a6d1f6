# The function, and the authorizer of a REST API, an HTTP API, or both.

locals {
  by_request = var.cache_key == "request"
}

resource "aws_lambda_function" "authorizer" {
  function_name    = var.name
  filename         = var.package
  source_code_hash = filebase64sha256(var.package)
  layers           = var.layers
  architectures    = [var.architecture]
  runtime          = "provided.al2023"
  handler          = "bootstrap"
  memory_size      = 128
  # More than the two key fetches that a call may wait for, each of which gives up after 2.5 s.
  timeout = 7
  role    = aws_iam_role.authorizer.arn

  environment {
    # A document that is not proved safe to cache by token does not start; settings may say otherwise.
    variables = merge({ POLICY_CACHE_CHECK = "strict" }, var.settings, {
      USER_POOL_ID  = var.user_pool_id
      APP_CLIENT_ID = join(",", var.client_ids)
      # One is right only with the other: what is cached by token must be for every method.
      POLICY_COVERS = local.by_request ? "request" : "api"
    })
  }

  logging_config {
    log_group             = aws_cloudwatch_log_group.authorizer.name
    log_format            = "JSON"
    application_log_level = "INFO"
    system_log_level      = "WARN"
  }

  lifecycle {
    precondition {
      condition     = lookup(var.settings, "HTTP_API_RESPONSE", "iam") != "simple" || local.by_request
      error_message = "HTTP_API_RESPONSE=simple needs cache_key = \"request\": a boolean that is cached by token would be for every route."
    }
  }
}

resource "aws_cloudwatch_log_group" "authorizer" {
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
}

resource "aws_iam_role" "authorizer" {
  name = var.name
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

# Not the managed basic execution role: that one may create log groups and write to all of them.
resource "aws_iam_role_policy" "write_own_logs" {
  name = "write-own-logs"
  role = aws_iam_role.authorizer.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = "${aws_cloudwatch_log_group.authorizer.arn}:*"
    }]
  })
}

resource "aws_api_gateway_authorizer" "rest" {
  count                            = var.rest_api == null ? 0 : 1
  rest_api_id                      = var.rest_api.id
  name                             = var.name
  type                             = local.by_request ? "REQUEST" : "TOKEN"
  identity_source                  = join(",", concat(["method.request.header.Authorization"], local.by_request ? ["context.path", "context.httpMethod"] : []))
  authorizer_uri                   = aws_lambda_function.authorizer.invoke_arn
  authorizer_result_ttl_in_seconds = var.result_ttl_seconds
}

resource "aws_apigatewayv2_authorizer" "http" {
  count                             = var.http_api == null ? 0 : 1
  api_id                            = var.http_api.id
  name                              = var.name
  authorizer_type                   = "REQUEST"
  identity_sources                  = concat(["$request.header.Authorization"], local.by_request ? ["$context.path", "$context.httpMethod"] : [])
  authorizer_uri                    = aws_lambda_function.authorizer.invoke_arn
  authorizer_payload_format_version = "2.0"
  authorizer_result_ttl_in_seconds  = var.result_ttl_seconds
  enable_simple_responses           = lookup(var.settings, "HTTP_API_RESPONSE", "iam") == "simple"
}

resource "aws_lambda_permission" "rest" {
  count         = var.rest_api == null ? 0 : 1
  statement_id  = "rest-api"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.authorizer.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${var.rest_api.execution_arn}/authorizers/${aws_api_gateway_authorizer.rest[0].id}"
}

resource "aws_lambda_permission" "http" {
  count         = var.http_api == null ? 0 : 1
  statement_id  = "http-api"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.authorizer.function_name
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${var.http_api.execution_arn}/authorizers/${aws_apigatewayv2_authorizer.http[0].id}"
}
