# An API of each kind, guarded by the module.

provider "aws" {
  region = "eu-west-1"
}

resource "aws_cognito_user_pool" "pool" { name = "p" }
resource "aws_cognito_user_pool_client" "web" {
  name         = "w"
  user_pool_id = aws_cognito_user_pool.pool.id
}
resource "aws_api_gateway_rest_api" "orders" { name = "orders" }
resource "aws_api_gateway_resource" "orders" {
  rest_api_id = aws_api_gateway_rest_api.orders.id
  parent_id   = aws_api_gateway_rest_api.orders.root_resource_id
  path_part   = "orders"
}
resource "aws_apigatewayv2_api" "http" {
  name          = "http"
  protocol_type = "HTTP"
}
module "authorizer" {
  source       = "../../terraform"
  package      = "authorizer.zip"
  user_pool_id = aws_cognito_user_pool.pool.id
  client_ids   = [aws_cognito_user_pool_client.web.id]
  cache_key    = "token"
  rest_api     = { id = aws_api_gateway_rest_api.orders.id, execution_arn = aws_api_gateway_rest_api.orders.execution_arn }
  http_api     = { id = aws_apigatewayv2_api.http.id, execution_arn = aws_apigatewayv2_api.http.execution_arn }
}
resource "aws_api_gateway_method" "orders" {
  rest_api_id   = aws_api_gateway_rest_api.orders.id
  resource_id   = aws_api_gateway_resource.orders.id
  http_method   = "GET"
  authorization = "CUSTOM"
  authorizer_id = module.authorizer.rest_authorizer_id
}
