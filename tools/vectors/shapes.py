"""Is every token believed that Cognito documents, now or by what it lets a trigger add?"""

from __future__ import annotations

from collections.abc import Iterator

from .kit import (
    ANYONE,
    AWS_ACCESS,
    AWS_ID,
    AWS_PARSE,
    AWS_TRIGGER,
    GONE,
    ID_KEY,
    MACHINE,
    UPDATED_ISSUER,
    Case,
    accepted,
    full_claims,
    full_identity,
    header,
    machine,
    signed,
)

CLIENT_CREDENTIALS = "RFC 6749 section 4.4; Cognito Developer Guide, Scopes, M2M, and resource servers"
FEDERATED = "Cognito Developer Guide, User pool sign-in with third party identity providers"
ID_USE = {"token_use": ["id"]}


def cases() -> Iterator[Case]:
    yield from access_tokens()
    yield from tokens_with_a_triggers_claims()
    yield from id_tokens()


def access_tokens() -> Iterator[Case]:
    yield accepted("access-token-of-a-user", AWS_ACCESS, access())
    sdk = access(scope="aws.cognito.signin.user.admin", version=GONE)
    yield accepted("access-token-of-a-sign-in-through-the-sdk", AWS_ACCESS, sdk, ANYONE)
    yield accepted("access-token-without-token-revocation", AWS_ACCESS, access(origin_jti=GONE))
    yield accepted("access-token-of-a-known-device", AWS_ACCESS, access(device_key="eu-west-1_b1d2"))
    yield accepted("access-token-of-a-group", AWS_ACCESS, access(**{"cognito:groups": ["staff"]}))
    many = [f"group-{n}" for n in range(100)]
    yield accepted("access-token-of-100-groups", AWS_ACCESS, access(**{"cognito:groups": many}))
    step_up = access(acr="urn:amazon:cognito:acr:mfa", amr=["pwd", "otp"])
    yield accepted("access-token-of-a-step-up", "Cognito Developer Guide, Step-up authentication", step_up)
    exchanged = access(act={"sub": "service", "act": {"sub": "other"}})
    yield accepted("access-token-of-an-exchange", "RFC 8693 section 4.1", exchanged)
    yield accepted("access-token-by-the-newer-issuer", AWS_ACCESS, access(iss=UPDATED_ISSUER))
    yield accepted("access-token-with-a-not-before", "RFC 7519 section 4.1.5", access(nbf=1_704_067_200))
    yield accepted("access-token-whose-subject-is-no-uuid", AWS_PARSE, access(sub="us-east-1:alice@example.com"))
    yield accepted("machine-token", CLIENT_CREDENTIALS, signed(machine()))
    yield accepted(
        "machine-token-with-all-that-users-have", CLIENT_CREDENTIALS, signed(machine(event_id="x", origin_jti="y"))
    )
    yield accepted("machine-token-without-a-scope", CLIENT_CREDENTIALS, signed(machine(scope=GONE)), ANYONE)
    scopes = " ".join(f"https://api.example.com/v1/resource-{n:02}.read" for n in range(50))
    long_scope = signed(machine(scope=f"{scopes} orders/read"))
    yield accepted("machine-token-of-51-scopes", CLIENT_CREDENTIALS, long_scope)
    longest = f"https://api.example.com/{'s' * 220} orders/read"
    yield accepted("machine-token-of-a-scope-of-244-letters", CLIENT_CREDENTIALS, signed(machine(scope=longest)))
    federated = access(username="Google_104567890123456789012", **{"cognito:groups": ["eu-west-1_AbCdEfGhI_Google"]})
    yield accepted("access-token-of-a-federated-user", FEDERATED, federated)
    saml = access(username="CorpSAML_alice@example.com")
    yield accepted("access-token-of-a-saml-user", FEDERATED, saml)
    for name, user in [
        ("in-unicode", "\u00e5sa.\u00f6berg"),
        ("of-emoji", "\U0001f469\u200d\U0001f4bb"),
        ("in-arabic", "\u0645\u062d\u0645\u062f"),
    ]:
        yield accepted(f"access-token-with-a-username-{name}", AWS_PARSE, access(username=user))


def tokens_with_a_triggers_claims() -> Iterator[Case]:
    """Versions 2 and 3 of the event let a trigger add claims of any JSON type, and scopes."""
    added = {
        "tenant": {"id": "t1", "tags": ["a", {"b": [1, None, True]}], "level": 1.5},
        "roles": ["reader", "writer"],
        "level": 3,
        "beta": False,
        "note": None,
        "custom:tenant_id": "t-1",
    }
    yield accepted("trigger-with-arrays-and-objects", AWS_TRIGGER, access(**added))
    yield accepted("trigger-for-a-machine", AWS_TRIGGER, signed(machine(**added)))
    yield accepted("trigger-that-adds-a-scope", AWS_TRIGGER, access(scope="openid orders/read added/scope"))
    suppressed = access(scope="openid", jti=GONE, event_id=GONE, auth_time=GONE, username=GONE)
    yield accepted("trigger-that-suppresses-claims", AWS_TRIGGER, suppressed, ANYONE)
    yield accepted(
        "trigger-that-overrides-groups",
        AWS_TRIGGER,
        access(**{"cognito:groups": ["admin"]}),
        ("GET /admin", "GET /orders", "GET /me"),
    )
    yield accepted("trigger-that-clears-groups", AWS_TRIGGER, access(**{"cognito:groups": []}))
    roles = ["arn:aws:iam::123456789012:role/reader"]
    yield accepted(
        "trigger-that-overrides-roles",
        AWS_TRIGGER,
        access(**{"cognito:roles": roles, "cognito:preferred_role": roles[0]}),
    )
    yield accepted(
        "claims-of-tomorrow", AWS_PARSE, access(**{"cognito:tomorrow": [{"x": 1}], "urn:example:claim": "y"})
    )
    yield accepted(
        "claims-of-unicode-names",
        AWS_PARSE,
        access(**{"stra\u00dfe": "\u6771\u4eac", "\U0001f3e2": {"\u540d": "\u0444"}}),
    )
    yield accepted("claims-of-8000-bytes", AWS_PARSE, signed(machine(x="x" * 6_500)))
    yield accepted(
        "claims-whose-names-methods-have", AWS_PARSE, access(toString="x", hasOwnProperty=1, then="y", length=0)
    )


def id_tokens() -> Iterator[Case]:
    yield accepted("id-token-of-a-user", AWS_ID, id_token(), ANYONE, **ID_USE)
    full = {
        "email": "alice@example.com",
        "phone_number": "+31201234567",
        "phone_number_verified": False,
        "address": {"formatted": "Dam 1"},
        "name": "Alice \u00c9xample",
        "custom:tenant_id": "t-1",
        "custom:level": "3",
        "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
        "nonce": "abc",
    }
    yield accepted("id-token-of-a-full-profile", AWS_ID, id_token(**full), ANYONE, **ID_USE)
    roles = ["arn:aws:iam::123456789012:role/admin"]
    groups = id_token(**{"cognito:groups": ["admin"], "cognito:roles": roles, "cognito:preferred_role": roles[0]})
    yield accepted("id-token-of-a-group-with-a-role", AWS_ID, groups, ("GET /admin", "GET /me"), **ID_USE)
    linked = {
        "dateCreated": "1642699117273",
        "userId": "104567890123456789012",
        "providerName": "Google",
        "providerType": "Google",
        "issuer": None,
        "primary": "true",
    }
    federated = id_token(identities=[linked], **{"cognito:username": "Google_104567890123456789012"})
    yield accepted("id-token-of-a-federated-user", FEDERATED, federated, ANYONE, **ID_USE)
    twice = id_token(
        identities=[linked, linked | {"providerName": "CorpSAML", "providerType": "SAML", "primary": "false"}]
    )
    yield accepted("id-token-of-a-user-of-two-providers", FEDERATED, twice, ANYONE, **ID_USE)
    scoped = id_token(scope="orders/read orders/write")
    yield accepted("id-token-with-a-scope-that-opens-nothing", AWS_ID, scoped, ANYONE, **ID_USE)
    machines = id_token(aud=MACHINE)
    yield accepted("id-token-of-our-other-client", AWS_ID, machines, ANYONE, **ID_USE)
    yield accepted("id-token-by-the-newer-issuer", AWS_ID, id_token(iss=UPDATED_ISSUER), ANYONE, **ID_USE)


def id_token(**changes: object) -> str:
    return signed(full_identity(**changes), header(ID_KEY), ID_KEY)


def access(**changes: object) -> str:
    return signed(full_claims(**changes))
