"""Who is compared: this function, those that one would write otherwise, and what the runtime costs by itself."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from pathlib import Path

import pool

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / os.environ.get("CARGO_TARGET_DIR", "target")
PEERS = TARGET / "peers" / "release"
NODE = Path(__file__).with_name("peers") / "node" / "bootstrap.mjs"


@dataclass(frozen=True)
class Contestant:
    """A function and how it is told where its keys are."""

    name: str
    command: list[str]
    settings: dict[str, str] = field(default_factory=dict)
    # Besides the above, for keys that are fetched; and for keys read from a file, if it can do that.
    fetching: dict[str, str] = field(default_factory=dict)
    from_file: dict[str, str] | None = None
    # Does its policy follow from a permission document?
    reads_document: bool = False
    # Its only answer, if the event is nothing to it.
    constant: str | None = None

    def expected(self, outcome: str) -> str:
        return self.constant or outcome


def all_of_them(folder: Path, endpoint: pool.KeyEndpoint) -> list[Contestant]:
    """The first one is this function, which the others are compared with."""
    bundle = folder / "bundle.pem"
    bundle.write_bytes(_system_roots() + endpoint.ca_file.read_bytes())
    client = {"APP_CLIENT_ID": pool.CLIENT_ID, "JWKS_URI": endpoint.url}
    settings = client | {"USER_POOL_ID": pool.POOL_ID}
    bundled = {"JWKS_FILE": "jwks.json"}
    return [
        Contestant(
            "this function",
            [str(TARGET / "release" / "cognito-authorizer")],
            settings,
            {"JWKS_CA_FILE": endpoint.ca_file.name},
            bundled,
            reads_document=True,
        ),
        Contestant(
            "typical Rust",
            [str(PEERS / "typical")],
            client | {"ISSUER": pool.ISSUER},
            # What its TLS library reads on Linux, in place of the system's own.
            {"SSL_CERT_FILE": str(bundle)},
        ),
        Contestant(
            "Node",
            ["node", str(NODE)],
            settings,
            {"NODE_EXTRA_CA_CERTS": str(endpoint.ca_file)},
            bundled,
        ),
        Contestant("floor", [str(PEERS / "floor")], from_file={}, constant="deny"),
    ]


def _system_roots() -> bytes:
    """A trust store of real size, which a client that reads the system's has to read."""
    found = ssl.get_default_verify_paths().cafile or "/etc/ssl/certs/ca-certificates.crt"
    return Path(found).read_bytes() if Path(found).exists() else b""
