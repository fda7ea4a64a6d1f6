"""Cognito's trigger before tokens are made, version 2: attributes and scopes for access tokens, which have neither by themselves."""

import os

# The attributes that permissions.json decides by, or hands to the backend.
ATTRIBUTES = ("custom:tenant_id", "custom:frozen")
# Scopes by group, such as "dpo=orders/read support=orders/read".
SCOPES = [pair.split("=") for pair in os.environ["GROUP_SCOPES"].split()]


def handler(event, _context):
    attributes = event["request"]["userAttributes"]
    groups = (event["request"].get("groupConfiguration") or {}).get("groupsToOverride") or []
    event["response"]["claimsAndScopeOverrideDetails"] = {
        "accessTokenGeneration": {
            "claimsToAddOrOverride": {name: attributes[name] for name in ATTRIBUTES if attributes.get(name)},
            "scopesToAdd": [scope for group, scope in SCOPES if group in groups],
        }
    }
    return event
