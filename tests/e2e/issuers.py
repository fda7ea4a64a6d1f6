"""issuers.schema.json and the reader agree on what a file of issuers is.

What no JSON Schema can say is left out: that a name or an issuer stands in one entry alone, that an audience is no client.
The reader's half is in crates/permissions/src/issuers/tests.rs.
"""

from __future__ import annotations

import json
import unittest

from event_files import ROOT
from jsonschema import Draft7Validator

DOCUMENTS = ROOT / "crates/permissions/src/issuers/documents.json"


class Schema(unittest.TestCase):
    def test_documents_are_judged_as_by_the_reader(self) -> None:
        schema = json.loads((ROOT / "issuers.schema.json").read_text())
        Draft7Validator.check_schema(schema)
        validator = Draft7Validator(schema)
        for case in json.loads(DOCUMENTS.read_text()):
            with self.subTest(case["name"]):
                self.assertEqual(validator.is_valid(case["document"]), case["usable"])
