variable "name" {
  description = "Name of the function, and of what belongs to it."
  type        = string
  default     = "cognito-authorizer"
}

variable "package" {
  description = "Zip of a release that package.py has put the permission document into; or a released one, with the document in a layer."
  type        = string
}

variable "architecture" {
  description = "The processor that the package is for: arm64 or x86_64."
  type        = string
  default     = "arm64"
  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "The architecture is arm64 or x86_64."
  }
}

variable "layers" {
  description = "ARNs of layers, such as one with the document; settings then has PERMISSIONS_FILE."
  type        = list(string)
  default     = []
}

variable "user_pool_id" {
  description = "Pools whose tokens are accepted, comma separated."
  type        = string
}

variable "client_ids" {
  description = "App clients whose tokens are accepted."
  type        = list(string)
  validation {
    condition     = length(var.client_ids) > 0
    error_message = "At least one app client; [\"*\"] is any client of the pools."
  }
}

variable "cache_key" {
  description = "What API Gateway caches an answer by: token (one policy for all methods) or request (token, path and method)."
  type        = string
  default     = "token"
  validation {
    condition     = contains(["token", "request"], var.cache_key)
    error_message = "The cache key is token or request."
  }
}

variable "settings" {
  description = "Other environment variables of the function; docs/settings.md has their meaning."
  type        = map(string)
  default     = {}
  validation {
    condition     = length(setintersection(keys(var.settings), ["USER_POOL_ID", "APP_CLIENT_ID", "POLICY_COVERS"])) == 0
    error_message = "USER_POOL_ID, APP_CLIENT_ID and POLICY_COVERS follow from user_pool_id, client_ids and cache_key."
  }
}

variable "result_ttl_seconds" {
  description = "How long API Gateway uses an answer again, 0 to 3600; an Allow outlives exp by up to this long."
  type        = number
  default     = 300
}

# Objects, since Terraform must know whether there is an API before it knows the id of one that it is about to make.
variable "rest_api" {
  description = "REST API to make an authorizer for."
  type        = object({ id = string, execution_arn = string })
  default     = null
}

variable "http_api" {
  description = "HTTP API to make an authorizer for."
  type        = object({ id = string, execution_arn = string })
  default     = null
}

variable "log_retention_days" {
  description = "How long the log is kept."
  type        = number
  default     = 30
}
