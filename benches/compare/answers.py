"""Is an answer the right one? A fast wrong answer is worth nothing."""

from __future__ import annotations

import json

import iam
from function import FunctionFailed, Reply


def check(reply: Reply, method_arn: str, expected: str) -> None:
    """Raises unless the answer is an `allow`, a `deny` (said or by silence), or the error `unauthorized`."""
    if (found := outcome(reply, method_arn)) != expected:
        raise FunctionFailed(f"expected {expected}, found {found}: {reply.body[:500].decode(errors='replace')}")


def outcome(reply: Reply, method_arn: str) -> str:
    answer = json.loads(reply.body)
    if reply.is_error:
        return "unauthorized" if answer["errorMessage"] == "Unauthorized" else "error"
    return "allow" if iam.verdict(answer["policyDocument"], method_arn) == "allow" else "deny"
