"""Makes tests/vectors/issuers.json anew: entries of several issuers, their key sets, and tokens with what becomes of each.

Every token is put to all entries at once. All but the keys, and what is signed with them, is the same each time. The private
keys end with this process.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

FILE = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "issuers.json"

NOW = 1_700_000_000
AUDIENCE = "https://api.example.com"
CLIENT = "client0123456789"
TENANT = "6fa9e1b2-0000-4111-8222-333344445555"
COMMON = {"sub": "00000000-1111-4222-8333-444444444444", "iat": NOW - 1000, "exp": NOW + 3600}

DIGESTS = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES = {"ES256": ("P-256", ec.SECP256R1(), 32), "ES384": ("P-384", ec.SECP384R1(), 48)}
# The orders of the curves' base points: FIPS 186-4, appendix D.1.2; RFC 8032 section 5.1.
ORDERS = {
    "ES256": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "ES384": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
    "EdDSA": 2**252 + 27742317777372353535851937790883648493,
}
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]

Claims = dict[str, Any]
GONE = object()


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def integer(number: int, size: int | None = None) -> str:
    return base64url(number.to_bytes(size or (number.bit_length() + 7) // 8, "big"))


class Key:
    """A key pair for one algorithm. All have one id, which therefore tells nothing."""

    ID = "key-1"

    def __init__(self, algorithm: str) -> None:
        self.algorithm = algorithm
        if algorithm[:2] in ("RS", "PS"):
            self.private: Any = rsa.generate_private_key(65537, 2048)
        elif algorithm in CURVES:
            self.private = ec.generate_private_key(CURVES[algorithm][1])
        else:
            self.private = ed25519.Ed25519PrivateKey.generate()

    @property
    def jwk(self) -> Claims:
        public = self.private.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            numbers = public.public_numbers()
            own: Claims = {"kty": "RSA", "n": integer(numbers.n), "e": integer(numbers.e)}
        elif isinstance(public, ec.EllipticCurvePublicKey):
            name, _, size = CURVES[self.algorithm]
            point = public.public_numbers()
            own = {"kty": "EC", "crv": name, "x": integer(point.x, size), "y": integer(point.y, size)}
        else:
            own = {"kty": "OKP", "crv": "Ed25519", "x": base64url(public.public_bytes(Encoding.Raw, PublicFormat.Raw))}
        return {"kid": self.ID, "alg": self.algorithm, "use": "sig", **own}

    def signature(self, message: str, algorithm: str | None = None, salt: int | None = None) -> bytes:
        algorithm = algorithm or self.algorithm
        data = message.encode()
        if isinstance(self.private, ed25519.Ed25519PrivateKey):
            return self.private.sign(data)
        digest = DIGESTS[algorithm[2:]]
        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            size = CURVES[self.algorithm][2]
            r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(digest)))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        if algorithm.startswith("PS"):
            length = digest.digest_size if salt is None else salt
            return self.private.sign(data, padding.PSS(padding.MGF1(digest), length), digest)
        return self.private.sign(data, padding.PKCS1v15(), digest)

    def header(self, **changes: Any) -> Claims:
        return changed({"alg": self.algorithm, "kid": self.ID}, changes)


def changed(members: Claims, changes: Claims) -> Claims:
    return {name: value for name, value in (members | changes).items() if value is not GONE}


def message(header: Claims, claims: Claims) -> str:
    return ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))


def sealed(text: str, signature: bytes) -> str:
    return f"{text}.{base64url(signature)}"


class Party:
    """An issuer: its entry, its key, and the header and claims of one of its access tokens."""

    def __init__(self, entry: Claims, algorithm: str, header: Claims, claims: Claims, source: str) -> None:
        self.entry, self.source = entry, source
        self.key = Key(algorithm)
        self.header = self.key.header(**header)
        self.claims = COMMON | claims

    @property
    def name(self) -> str:
        return str(self.entry["name"])

    def token(self, **changes: Any) -> str:
        text = message(self.header, changed(self.claims, changes))
        return sealed(text, self.key.signature(text))

    def with_header(self, **changes: Any) -> str:
        text = message(changed(self.header, changes), self.claims)
        return sealed(text, self.key.signature(text))


def of_algorithm(algorithm: str) -> Party:
    issuer = f"https://{algorithm.lower()}.example.com"
    entry = {"name": algorithm, "kind": "oidc", "issuer": issuer, "algorithms": [algorithm], "audiences": [AUDIENCE]}
    claims = {"iss": issuer, "aud": AUDIENCE, "client_id": CLIENT, "scope": "orders/read"}
    return Party(entry, algorithm, {"typ": "at+jwt"}, claims, "RFC 9068 section 2")


def kinds() -> list[Party]:
    login = f"https://login.microsoftonline.com/{TENANT}/v2.0"
    pool = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_TestPool1"
    return [
        Party(
            {"name": "cognito", "kind": "cognito", "userPool": "eu-west-1_TestPool1", "clients": [CLIENT]},
            "RS256", {}, {"iss": pool, "client_id": CLIENT, "token_use": "access", "scope": "orders/read"},
            "Cognito Developer Guide, Understanding the access token",
        ),
        Party(
            {"name": "auth0", "kind": "auth0", "issuer": "https://acme.eu.auth0.com/", "audiences": [AUDIENCE]},
            "RS256", {"typ": "JWT"},
            {"iss": "https://acme.eu.auth0.com/", "aud": [AUDIENCE, "https://acme.eu.auth0.com/userinfo"],
             "azp": CLIENT, "scope": "openid orders/read"},
            "Auth0 docs, Access Token Profiles",
        ),
        Party(
            {"name": "okta", "kind": "okta", "issuer": "https://acme.okta.com/oauth2/default", "audiences": [AUDIENCE]},
            "RS256", {},
            {"iss": "https://acme.okta.com/oauth2/default", "aud": AUDIENCE, "cid": CLIENT, "ver": 1,
             "uid": "00ujmkLgagxeRrAg20g3", "scp": ["openid", "orders/read"], "groups": ["admin"]},
            "Okta developer docs, OpenID Connect & OAuth 2.0 API",
        ),
        Party(
            {"name": "entra1", "kind": "entra", "tenant": TENANT, "version": 1, "audiences": [AUDIENCE]},
            "RS256", {"typ": "JWT"},
            {"iss": f"https://sts.windows.net/{TENANT}/", "aud": AUDIENCE, "appid": CLIENT, "appidacr": "0",
             "scp": "orders/read", "tid": TENANT, "ver": "1.0"},
            "Microsoft identity platform, Access token claims reference",
        ),
        Party(
            {"name": "entra2", "kind": "entra", "tenant": TENANT, "version": 2, "audiences": [AUDIENCE]},
            "RS256", {"typ": "JWT"},
            {"iss": login, "aud": AUDIENCE, "azp": CLIENT, "azpacr": "0", "scp": "orders/read", "tid": TENANT,
             "ver": "2.0"},
            "Microsoft identity platform, Access token claims reference",
        ),
        Party(
            {"name": "keycloak", "kind": "keycloak", "issuer": "https://id.example.com/realms/r",
             "audiences": [AUDIENCE], "groups": {"path": ["realm_access", "roles"]}},
            "RS256", {"typ": "JWT"},
            {"iss": "https://id.example.com/realms/r", "aud": [AUDIENCE, "account"], "typ": "Bearer", "azp": CLIENT,
             "scope": "openid orders/read", "realm_access": {"roles": ["admin"]}},
            "Keycloak, org.keycloak.representations.AccessToken",
        ),
        Party(
            {"name": "rfc9068", "kind": "oidc", "issuer": "https://as.example.com/", "algorithms": ["ES256"],
             "audiences": [AUDIENCE], "clients": [CLIENT]},
            "ES256", {"typ": "at+jwt"},
            {"iss": "https://as.example.com/", "aud": AUDIENCE, "client_id": CLIENT, "scope": "orders/read"},
            "RFC 9068 section 2.2",
        ),
    ]  # fmt: skip


Case = tuple[str, str, str, str]
BY_ALGORITHM = [of_algorithm(algorithm) for algorithm in ALGORITHMS]
KINDS = kinds()


def algorithm_cases(party: Party) -> Iterator[Case]:
    """(name, outcome, source, token)."""
    key, invalid = party.key, "signature_invalid"
    text = message(party.header, party.claims)
    good = key.signature(text)
    jws = "RFC 7515 section 5.2"
    yield "good", "accept", party.source, sealed(text, good)
    for name, broken in [
        ("first-bit-flipped", bytes([good[0] ^ 0x80]) + good[1:]),
        ("last-bit-flipped", good[:-1] + bytes([good[-1] ^ 1])),
        ("empty", b""),
        ("one-byte-short", good[:-1]),
        ("one-byte-long", good + b"\0"),
        ("behind-a-zero", b"\0" + good),
        ("of-zeros", bytes(len(good))),
        ("of-ones", b"\xff" * len(good)),
        ("twice", good + good),
    ]:
        yield f"signature-{name}", invalid, jws, sealed(text, broken)
    other = message(party.header, party.claims | {"sub": "somebody-else"})
    yield "another-message", invalid, jws, sealed(other, good)
    yield "another-key-of-the-same-id", invalid, "RFC 8725 section 3.10", sealed(text, Key(key.algorithm).signature(text))
    yield from renamed(party)
    yield from without_keys(party)
    specific = specific_rsa if key.algorithm[:2] in ("RS", "PS") else specific_curve
    yield from specific(party)


def renamed(party: Party) -> Iterator[Case]:
    """The key's own signature under every other name, as it would be right for the key."""
    for algorithm in ALGORITHMS:
        if algorithm != party.key.algorithm:
            yield f"named-{algorithm}", "algorithm_not_allowed_or_invalid", "RFC 8725 section 3.1", party.with_header(alg=algorithm)


def without_keys(party: Party) -> Iterator[Case]:
    reason = "algorithm_not_allowed"
    unsigned = message(changed(party.header, {"alg": "none"}), party.claims)
    yield "named-none", reason, "CVE-2015-9235", f"{unsigned}."
    pem = party.key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for bits in ("256", "384", "512"):
        text = message(changed(party.header, {"alg": f"HS{bits}"}), party.claims)
        yield f"hs{bits}-keyed-with-the-public-key", reason, "RFC 8725 section 2.1", sealed(text, hmac.digest(pem, text.encode(), f"sha{bits}"))
    lower = party.with_header(alg=party.key.algorithm.lower())
    yield "named-in-small-letters", reason, "RFC 7515 section 4.1.1", lower
    yield "unnamed", reason, "RFC 7515 section 4.1.1", party.with_header(alg=GONE)


def specific_rsa(party: Party) -> Iterator[Case]:
    algorithm, key, invalid = party.key.algorithm, party.key, "signature_invalid"
    text = message(party.header, party.claims)
    for other in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"):
        if other != algorithm:
            yield f"signed-by-{other}", invalid, "RFC 7518 section 3.1", sealed(text, key.signature(text, other))
    if algorithm.startswith("PS"):
        for salt in (0, 8, 222 - DIGESTS[algorithm[2:]].digest_size):
            yield f"salt-of-{salt}-bytes", invalid, "RFC 7518 section 3.5", sealed(text, key.signature(text, salt=salt))


def specific_curve(party: Party) -> Iterator[Case]:
    key, invalid = party.key, "signature_invalid"
    text = message(party.header, party.claims)
    good, order = key.signature(text), ORDERS[key.algorithm]
    half = len(good) // 2
    if key.algorithm == "EdDSA":
        scalar = int.from_bytes(good[half:], "little")
        shifted = good[:half] + (scalar + order).to_bytes(half, "little")
        yield "scalar-beyond-the-order", invalid, "RFC 8032 section 5.1.7", sealed(text, shifted)
        yield "named-ed25519", "algorithm_not_allowed", "RFC 8037 section 3.1", party.with_header(alg="Ed25519")
        return
    source = "RFC 7518 section 3.4"
    r, s = (int.from_bytes(part, "big") for part in (good[:half], good[half:]))
    pair: Callable[[int, int], bytes] = lambda one, two: one.to_bytes(half, "big") + two.to_bytes(half, "big")
    yield "in-der", invalid, source, sealed(text, utils.encode_dss_signature(r, s))
    yield "with-r-and-s-swapped", invalid, source, sealed(text, pair(s, r))
    yield "with-r-zero", invalid, "CVE-2022-21449", sealed(text, pair(0, s))
    yield "with-s-zero", invalid, "CVE-2022-21449", sealed(text, pair(r, 0))
    yield "with-r-the-order", invalid, "CVE-2022-21449", sealed(text, pair(order, s))
    yield "with-s-the-order", invalid, "CVE-2022-21449", sealed(text, pair(r, order))
    # As good as the first: ECDSA has two for each message, and no rule of JWS prefers one.
    yield "with-the-other-s", "accept", source, sealed(text, pair(r, order - s))


def kind_cases(party: Party) -> Iterator[Case]:
    source, issuer = party.source, party.claims["iss"]
    turned = issuer[:-1] if issuer.endswith("/") else f"{issuer}/"
    yield "good", "accept", source, party.token()
    for name, reason, changes in [
        ("slash-turned", "issuer_unknown", {"iss": turned}),
        ("host-in-capitals", "issuer_unknown", {"iss": issuer.replace("https", "HTTPS")}),
        ("issuer-in-a-list", "issuer_unknown", {"iss": [issuer]}),
        ("issuer-behind-a-space", "issuer_unknown", {"iss": f" {issuer}"}),
        ("without-an-issuer", "issuer_unknown", {"iss": GONE}),
        ("expired", "token_expired", {"exp": NOW}),
        ("without-an-expiry", "claim_missing", {"exp": GONE}),
        ("not-yet-valid", "not_yet_valid", {"nbf": NOW + 1}),
        ("without-a-subject", "claim_missing", {"sub": GONE}),
        ("with-an-empty-subject", "claim_missing", {"sub": ""}),
        ("bound-to-a-key", "binding_not_checked", {"cnf": {"jkt": "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"}}),
    ]:
        yield name, reason, f"RFC 7519 section 4.1; {source}", party.token(**changes)
    yield "with-crit", "critical_header", "RFC 7515 section 4.1.11", party.with_header(crit=["exp"])
    yield "without-a-key-id", "key_id_missing", "RFC 7515 section 4.1.4", party.with_header(kid=GONE)
    yield "of-an-unknown-key", "key_unknown", "RFC 7515 section 4.1.4", party.with_header(kid="key-2")
    scopes = party.entry.get("scopes", {}).get("claim") or ("scp" if "scp" in party.claims else "scope")
    for name, value in [("a-number", 1), ("an-object", {"orders/read": True}), ("a-list-with-a-number", ["orders/read", 1]), ("null", None)]:
        yield f"scopes-{name}", "claim_malformed", "RFC 6749 section 3.3", party.token(**{scopes: value})
    yield from by_audience(party)
    yield from by_use(party)
    for other in KINDS:
        if other is not party:
            yield f"signed-by-{other.name}", "signature_or_algorithm", "RFC 8725 section 3.8", signed_by(party, other)


def by_audience(party: Party) -> Iterator[Case]:
    if "audiences" not in party.entry:
        return
    source = "RFC 7519 section 4.1.3"
    for name, reason, value in [
        ("another", "resource_unknown", "https://other.example.com"),
        ("with-a-slash", "resource_unknown", f"{AUDIENCE}/"),
        ("in-capitals", "resource_unknown", AUDIENCE.upper()),
        ("the-clients", "resource_unknown", CLIENT),
        ("an-empty-list", "claim_missing", []),
        ("missing", "claim_missing", GONE),
        ("a-number", "claim_malformed", 1),
        ("a-list-with-a-number", "claim_malformed", [AUDIENCE, 1]),
        ("the-second-of-two", "accept", ["https://other.example.com", AUDIENCE]),
    ]:
        yield f"audience-{name}", reason, source, party.token(aud=value)


# What makes each kind's access token something else.
OTHER_USES: dict[str, list[tuple[str, str, Claims]]] = {
    "cognito": [("an-id-token", "token_use_not_allowed", {"token_use": "id", "aud": CLIENT}),
                ("of-no-use", "claim_missing", {"token_use": GONE}),
                ("of-another-client", "client_unknown", {"client_id": "another"}),
                ("of-no-client", "claim_missing", {"client_id": GONE})],
    "auth0": [("an-id-token", "token_use_not_allowed", {"scope": GONE, "nonce": "n"})],
    "okta": [("an-id-token", "token_use_not_allowed", {"cid": GONE, "scp": GONE, "nonce": "n"})],
    "entra1": [("an-id-token", "token_use_not_allowed", {"appid": GONE, "scp": GONE, "nonce": "n"}),
               ("scopes-elsewhere", "claim_malformed", {"scp": GONE, "_claim_names": {"scp": "src1"}})],
    "entra2": [("an-id-token", "token_use_not_allowed", {"azp": GONE, "scp": GONE, "nonce": "n"}),
               ("groups-elsewhere", "accept", {"_claim_names": {"groups": "src1"}})],
    "keycloak": [("an-id-token", "token_use_not_allowed", {"typ": "ID"}),
                 ("a-refresh-token", "token_use_not_allowed", {"typ": "Refresh"}),
                 ("a-logout-token", "token_use_not_allowed", {"typ": "Logout"}),
                 ("of-no-type", "claim_missing", {"typ": GONE}),
                 ("roles-that-are-a-text", "claim_malformed", {"realm_access": {"roles": "admin"}})],
    "rfc9068": [("of-another-client", "client_unknown", {"client_id": "another"}),
                ("of-no-client", "claim_missing", {"client_id": GONE}),
                ("of-two-clients", "claim_malformed", {"client_id": [CLIENT]})],
}  # fmt: skip


def by_use(party: Party) -> Iterator[Case]:
    for name, reason, changes in OTHER_USES[party.name]:
        yield name, reason, "RFC 8725 section 3.12", party.token(**changes)
    if party.name == "rfc9068":
        for media_type in ("JWT", "logout+jwt", "dpop+jwt", "at+jwt;v=1"):
            token = party.with_header(typ=media_type)
            yield f"header-{media_type}", "token_use_not_allowed", "RFC 8725 section 3.11", token
        yield "header-without-a-type", "token_use_not_allowed", "RFC 8725 section 3.11", party.with_header(typ=GONE)
        yield "header-in-full", "accept", "RFC 9068 section 4", party.with_header(typ="application/at+jwt")


def signed_by(party: Party, other: Party) -> str:
    """In the name of one issuer, with the key of another: its id is the same."""
    text = message(changed(party.header, {"alg": other.key.algorithm}), party.claims)
    return sealed(text, other.key.signature(text))


def outcome(expect: str, party: Party, token: str) -> str:
    """Which of two holds follows from what the entry allows: entries here allow one algorithm each."""
    if expect in ("algorithm_not_allowed_or_invalid", "signature_or_algorithm"):
        padded = token.split(".")[0] + "=="
        named = json.loads(base64.urlsafe_b64decode(padded))["alg"]
        return "signature_invalid" if named == party.key.algorithm else "algorithm_not_allowed"
    return expect


def entries() -> Iterator[Claims]:
    families = [("algorithm", BY_ALGORITHM, algorithm_cases), ("kind", KINDS, kind_cases)]
    for family, parties, cases in families:
        for party in parties:
            for name, expect, source, token in cases(party):
                case = {"name": f"{party.name}-{name}", "family": f"{family} {party.name}"}
                yield case | {"entry": party.name, "expect": outcome(expect, party, token), "source": source, "token": token}


def main() -> None:
    all_cases = list(entries())
    twice = [name for name, times in Counter(case["name"] for case in all_cases).items() if times > 1]
    if twice:
        raise SystemExit(f"expected each name once: found {', '.join(twice)}")
    parties = [*BY_ALGORITHM, *KINDS]
    head = {
        "now": NOW,
        "issuers": [party.entry for party in parties],
        "iss": {party.name: party.claims["iss"] for party in parties},
        "jwks": {party.name: {"keys": [party.key.jwk]} for party in parties},
    }
    members = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in head.items()]
    lines = ",\n".join(f"  {json.dumps(case)}" for case in all_cases)
    FILE.write_text("{\n" + ",\n".join(members) + ',\n "cases": [\n' + lines + "\n ]\n}\n")
    print(f"{FILE.relative_to(Path.cwd())}: {len(all_cases)} cases, {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
