#!/usr/bin/env bash
# The same as call.py in lines of curl and jq: signs in, shows the claims, calls each route without the token and with it.
#
#   clients/call.sh user       needs REGION USER_CLIENT_ID API_URL COGNITO_USER, and asks for COGNITO_PASSWORD
#   clients/call.sh machine    needs LOGIN_URL MACHINE_CLIENT_ID API_URL, and asks for COGNITO_CLIENT_SECRET
#
# Other processes can read a command's arguments, so no password and no token is one: they go through pipes, written by
# bash itself. AWS_ENDPOINT_URL puts an emulator in the place of Cognito.
set -euo pipefail

# POST InitiateAuth, which needs no AWS credentials. The token's only scope is aws.cognito.signin.user.admin.
user_token() {
  jq -n '{
    AuthFlow: "USER_PASSWORD_AUTH", ClientId: env.USER_CLIENT_ID,
    AuthParameters: { USERNAME: env.COGNITO_USER, PASSWORD: env.COGNITO_PASSWORD }
  }' | curl -sS --fail-with-body "${AWS_ENDPOINT_URL:-https://cognito-idp.$REGION.amazonaws.com}/" \
    -H 'Content-Type: application/x-amz-json-1.1' \
    -H 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth' \
    --data-binary @- | jq -r '.AuthenticationResult.AccessToken // error("no token: \(.ChallengeName // .message)")'
}

# Client credentials (RFC 6749 section 4.4).
machine_token() {
  local credentials
  credentials=$(printf '%s:%s' "$MACHINE_CLIENT_ID" "$COGNITO_CLIENT_SECRET" | base64 | tr -d '\n')
  curl -sS --fail-with-body "$LOGIN_URL/oauth2/token" -H @<(printf 'Authorization: Basic %s' "$credentials") \
    --data-urlencode grant_type=client_credentials --data-urlencode "scope=${SCOPE:-orders/read}" |
    jq -r '.access_token // error("no token: \(.error)")'
}

# The middle one of the token's three parts. Nothing is verified by reading it.
claims() {
  jq -R 'split(".")[1] | gsub("-"; "+") | gsub("_"; "/") | . + ("=" * ((4 - length % 4) % 4)) | @base64d | fromjson' \
    <<<"$token"
}

without_token() { curl -sS -X "$1" -w ' %{http_code}\n' "$API_URL$2"; }
with_token() { curl -sS -X "$1" -w ' %{http_code}\n' -H @<(printf 'Authorization: Bearer %s' "$token") "$API_URL$2"; }

# What goes to these URLs is a password or a token: https, or this machine.
secure() { # (variable, ...)
  local variable
  for variable; do
    [[ -z ${!variable:-} || ${!variable} =~ ^https://[^/@]+(/|$) || ${!variable} =~ ^http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?(/|$) ]] ||
      { echo "$0: $variable \`${!variable}\` is not an https URL" >&2 && exit 1; }
  done
}

ask() { # (variable)
  [[ -n ${!1:-} ]] || read -rsp "$1: " "${1?}" </dev/tty
  export "${1?}"
}

secure API_URL LOGIN_URL AWS_ENDPOINT_URL
case ${1:-} in
  user) : "${USER_CLIENT_ID:?}" "${COGNITO_USER:?}" "${API_URL:?}" && export USER_CLIENT_ID COGNITO_USER && ask COGNITO_PASSWORD ;;
  machine) : "${LOGIN_URL:?}" "${MACHINE_CLIENT_ID:?}" "${API_URL:?}" && ask COGNITO_CLIENT_SECRET ;;
  *) echo "usage: $0 user|machine" >&2 && exit 2 ;;
esac
token=$("$1_token")

echo "claims of the access token, decoded here and not verified:"
claims
own_id=$(claims | jq -r '.sub | @uri')
for route in "GET /orders" "GET /orders/7" "GET /orders/7/pii" "GET /orders/7/audit" "GET /me" \
  "PUT /users/$own_id/address" "PUT /users/somebody-else/address"; do
  echo "$route"
  printf '  without token: ' && without_token ${route/ / }
  printf '  with token:    ' && with_token ${route/ / }
done
