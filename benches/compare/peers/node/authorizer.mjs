// An authorizer as one writes it from aws-jwt-verify's documentation: a policy for the requested method alone.
// `GET /orders` needs the scope `orders/read`, and so on.

import { readFileSync } from "node:fs";
import { CognitoJwtVerifier } from "aws-jwt-verify";
import { SimpleJwksCache } from "aws-jwt-verify/jwk";
import { SimpleFetcher } from "aws-jwt-verify/https";

const { USER_POOL_ID, APP_CLIENT_ID, JWKS_URI, JWKS_FILE } = process.env;

// The library asks the pool's own endpoint; here one on loopback stands in for it.
class StandIn extends SimpleFetcher {
  fetch(_uri, options, data) {
    return super.fetch(JWKS_URI, options, data);
  }
}

const verifier = CognitoJwtVerifier.create(
  { userPoolId: USER_POOL_ID, clientId: APP_CLIENT_ID, tokenUse: "access" },
  { jwksCache: new SimpleJwksCache({ fetcher: new StandIn() }) },
);
if (JWKS_FILE) verifier.cacheJwks(JSON.parse(readFileSync(JWKS_FILE, "utf8")));

export async function handler(event) {
  const header = event.type === "TOKEN" ? event.authorizationToken : event.headers?.Authorization;
  let claims;
  try {
    claims = await verifier.verify((header ?? "").replace(/^Bearer /, ""));
  } catch {
    throw new Error("Unauthorized");
  }
  const permitted = (claims.scope ?? "").split(" ").includes(neededScope(event.methodArn));
  const statement = {
    Action: "execute-api:Invoke",
    Effect: permitted ? "Allow" : "Deny",
    Resource: [event.methodArn],
  };
  return { principalId: claims.sub, policyDocument: { Version: "2012-10-17", Statement: [statement] } };
}

function neededScope(methodArn) {
  const [, , verb, resource] = methodArn.split("/");
  return `${resource}/${verb === "GET" ? "read" : "write"}`;
}
