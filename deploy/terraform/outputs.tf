output "rest_authorizer_id" {
  description = "For authorizer_id of aws_api_gateway_method, with authorization = \"CUSTOM\"."
  value       = one(aws_api_gateway_authorizer.rest[*].id)
}

output "http_authorizer_id" {
  description = "For authorizer_id of aws_apigatewayv2_route, with authorization_type = \"CUSTOM\"."
  value       = one(aws_apigatewayv2_authorizer.http[*].id)
}

output "function_arn" {
  description = "The function, for whatever else attaches it."
  value       = aws_lambda_function.authorizer.arn
}

output "log_group_name" {
  description = "Where the decisions are logged."
  value       = aws_cloudwatch_log_group.authorizer.name
}
