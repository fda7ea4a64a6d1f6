"""The bill of materials of a binary, in CycloneDX 1.6: which crates are in it, in which version, from which archive.

Made here and not by a tool of cargo's, because those write a random serial number and the time, and a release is to be the
same bytes wherever it is made.
"""

from __future__ import annotations

import json
from typing import Any

from crates import Crate


def sbom(crates: list[Crate]) -> str:
    """`crates` are what `linked_crates` gives: the binary's own first."""
    root, *others = crates
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component(root, "application")},
        "components": [_component(crate, "library") for crate in others],
        "dependencies": [{"ref": crate.url, "dependsOn": list(crate.needs)} for crate in crates],
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _component(crate: Crate, kind: str) -> dict[str, Any]:
    component: dict[str, Any] = {
        "type": kind,
        "bom-ref": crate.url,
        "name": crate.name,
        "version": crate.version,
        "description": crate.description,
        "licenses": [{"expression": crate.licence}],
        "purl": crate.url,
    }
    if crate.sha256:
        component["hashes"] = [{"alg": "SHA-256", "content": crate.sha256}]
    if crate.repository:
        component["externalReferences"] = [{"type": "vcs", "url": crate.repository}]
    return component
