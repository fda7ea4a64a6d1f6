"""How IAM reads a policy, as far as an authorizer's answer goes.

Only what `execute-api:Invoke` policies use: `*` is any run of characters, `/` among them, `?` is exactly one, an
explicit Deny beats every Allow, and what nothing matches is denied implicitly.
"""

from __future__ import annotations

import re
from typing import Any

# API Gateway Developer Guide, "Output from an API Gateway Lambda authorizer".
LONGEST_RESOURCE = 512


def verdict(policy: dict[str, Any], method_arn: str) -> str:
    """`allow`, `deny` (said explicitly) or `unmatched` (denied because nothing is said)."""
    effects = {
        statement["Effect"]
        for statement in policy["Statement"]
        if any(_matches(resource, method_arn) for resource in statement["Resource"])
    }
    if "Deny" in effects:
        return "deny"
    return "allow" if "Allow" in effects else "unmatched"


def _matches(resource: str, arn: str) -> bool:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", resource))
    return re.fullmatch("".join(parts), arn, re.DOTALL) is not None


def flaws(answer: Any, method_arn: str) -> list[str]:
    """What API Gateway would not accept in this answer, or what it must never hold: rights beyond the API and stage."""
    if not isinstance(answer, dict) or not {"principalId", "policyDocument"} <= answer.keys():
        return ["found no principalId or no policyDocument"]
    found = []
    if extra := answer.keys() - {"principalId", "policyDocument", "context"}:
        found.append(f"found the members {sorted(extra)}")
    if not (isinstance(answer["principalId"], str) and answer["principalId"]):
        found.append("principalId is not a text, or empty")
    for name, value in answer.get("context", {}).items():
        if not re.fullmatch(r"[A-Za-z0-9_]+", name) or not isinstance(value, (str, int, float)):
            found.append(f"the context's {name} has an unusable name, or a value that is not flat")
    return found + _policy_flaws(answer["policyDocument"], method_arn)


def _policy_flaws(policy: dict[str, Any], method_arn: str) -> list[str]:
    found = []
    prefixes = _prefixes(method_arn)
    if policy.keys() != {"Version", "Statement"} or policy["Version"] != "2012-10-17" or not policy["Statement"]:
        return ["expected a policy of Version 2012-10-17 with at least one Statement"]
    for statement in policy["Statement"]:
        if statement.keys() != {"Action", "Effect", "Resource"} or statement["Action"] != "execute-api:Invoke":
            found.append("expected statements of Action execute-api:Invoke, Effect and Resource alone")
        elif statement["Effect"] not in ("Allow", "Deny") or not statement["Resource"]:
            found.append("expected the Effect Allow or Deny, and at least one Resource")
        else:
            found += [
                f"the resource {resource} is too long or not of this API and stage"
                for resource in statement["Resource"]
                if len(resource) > LONGEST_RESOURCE or not resource.startswith(prefixes[statement["Effect"]])
            ]
    return found


def _prefixes(method_arn: str) -> dict[str, tuple[str, ...]]:
    """How resources may begin. What is opened names API and stage, with region and account or without; what is shut need not.

    A path may hold more colons and slashes.
    """
    _arn, partition, service, region, account, method = method_arn.split(":", 5)
    api, stage, _rest = method.split("/", 2)
    api_and_stage = f"{api}/{stage}/"
    opened = tuple(f"arn:{partition}:{service}:{place}:{api_and_stage}" for place in (f"{region}:{account}", "*:*"))
    return {"Allow": opened, "Deny": (f"arn:{partition}:{service}:",)}
