"""Writes what the fuzz targets start from into fuzz/corpus/: events, tokens, key sets, documents and routes of this project."""

import hashlib
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORPUS = ROOT / "fuzz" / "corpus"


def seed(target: str, text: str) -> None:
    """A seed is named by its content, as libFuzzer names its own."""
    content = text.encode()
    folder = CORPUS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / hashlib.sha1(content).hexdigest()).write_bytes(content)


def texts_in(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [text for member in members for text in texts_in(member)]


def events_and_tokens() -> None:
    for path in sorted((ROOT / "events").glob("*-*.json")):
        text = path.read_text()
        seed("event", text)
        for value in texts_in(json.loads(text)):
            if value.count(".") >= 2 and "eyJ" in value:
                seed("token", "r" + value)
    for case in json.loads((ROOT / "tests" / "vectors" / "tokens.json").read_text())["cases"]:
        # Those written as a recipe are longer than the fuzzer's inputs.
        if isinstance(token := case.get("token"), str):
            seed("token", "r" + token)
    for which in range(5):
        for edits in ("", "\x04\x00\x05\x01", "\x05\x01\x00\x03", "\x06\x01\x09x", "\x03\x00\x10\x00", "\x06\x00\x08N"):
            seed("token", "b" + chr(which) + edits)


def claims() -> None:
    issuer = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_TestPool1"
    base = {"iss": issuer, "sub": "u1", "token_use": "access", "client_id": "client0123456789", "exp": 1700000001}
    changes = [{}, {"exp": 1700000000}, {"nbf": 1700000000}, {"iat": 1700000301}, {"token_use": "id"}, {"sub": ""}]
    changes += [{"scope": "a b"}, {"scope": ["a"]}, {"cognito:groups": ["a"]}, {"cognito:groups": "a"}, {"exp": 1.7e9}]
    for change in changes:
        seed("token", "s" + json.dumps(base | change))
    seed("token", "s" + json.dumps(base)[:-1] + ', "sub": "u2"}')


def key_sets() -> None:
    seed("keys", (ROOT / "events" / "jwks.json").read_text())
    key = {"kid": "a", "kty": "RSA", "n": "@", "e": "AQAB"}
    changes = [{}, {"use": "sig", "alg": "RS256"}, {"use": "enc"}, {"alg": "PS256"}, {"key_ops": ["verify"]}, {"e": "AQ"}]
    changes += [{"n": "AA@"}, {"n": "AQAB"}, {"kid": ""}, {"kid": 1}, {"kty": "EC"}, {"kty": "oct", "k": "AAAA"}]
    for change in changes:
        seed("keys", json.dumps({"keys": [key | change]}))
        seed("keys", json.dumps({"keys": [key | change, 7, key | {"kid": "b"}, key]}))


def documents_and_routes() -> None:
    seed("permissions", (ROOT / "permissions.json").read_text())
    for block in re.findall(r"```json\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL):
        seed("permissions", block)
    # The documents that the unit tests spell, some of them wrong on purpose.
    for source in [*ROOT.glob("tests/*.rs"), *ROOT.glob("src/**/*.rs")]:
        text = source.read_text()
        for document in re.findall(r'r#"(\{"permissions".*?)"#', text, re.DOTALL):
            seed("permissions", document)
        for route in set(re.findall(r'"((?:[A-Z]{3,7}) /[^"\\ ]*)"', text)):
            permissions = [{"authenticated": True, "allow": [route]}]
            seed("permissions", json.dumps({"permissions": permissions, "routes": ["GET /a/{x}", "ANY /{x+}"]}))
            verb, path = route.split(" ", 1)
            concrete = re.sub(r"\$?\{[^}]*\}", "u1", path[1:])
            seed("route", f"{route}\n{verb.replace('ANY', 'GET')}\n{concrete}")
            seed("route", f"{route}\nPOST\n{concrete}/zz-9")
            seed("route", f"{route}\n{verb}\n{concrete.replace('/', '%2f', 1)}")
            seed("route", f'{route}\n{verb}\n{concrete}","')


if __name__ == "__main__":
    events_and_tokens()
    claims()
    key_sets()
    documents_and_routes()
    for folder in sorted(CORPUS.iterdir()):
        print(f"{folder.name}: {len(list(folder.iterdir()))} seeds")
