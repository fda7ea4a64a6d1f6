"""Is a release the same at any time, and does packaging refuse what would not start? (`make packaging`)"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tools/release")]

from crates import linked_crates  # noqa: E402 - they need the path above
from lambda_watch import BINARY, build  # noqa: E402
from licences import licences  # noqa: E402
from sbom import sbom  # noqa: E402
from zips import write_zip  # noqa: E402

SETTINGS = "USER_POOL_ID=eu-west-1_AbCdEfGhI\nAPP_CLIENT_ID=3n4b5urk1ft4fl3mg5e62d9ado\nJWKS_URI=http://127.0.0.1:9/\n"
OWN = {"aarch64": "arm64"}.get(platform.machine(), platform.machine())


class Folder(unittest.TestCase):
    """Each test has a folder to itself."""

    def setUp(self) -> None:
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def write(self, name: str, text: str) -> Path:
        (self.folder / name).write_text(text)
        return self.folder / name


class Release(Folder):
    def test_a_zip_is_the_same_bytes_for_the_same_files_and_unpacks_to_them(self) -> None:
        members = {"bootstrap": (os.urandom(9999), 0o755), "a.txt": (b"a" * 9999, 0o644)}
        for name, order in [("one.zip", members), ("two.zip", dict(reversed(members.items())))]:
            write_zip(self.folder / name, order)
        self.assertEqual((self.folder / "one.zip").read_bytes(), (self.folder / "two.zip").read_bytes())
        with zipfile.ZipFile(self.folder / "one.zip") as archive:
            self.assertIsNone(archive.testzip())
            for name, (content, mode) in members.items():
                self.assertEqual(archive.read(name), content)
                self.assertEqual(archive.getinfo(name).external_attr >> 16, 0o100000 | mode)

    def test_every_crate_in_the_function_is_in_the_bill_of_materials_and_its_licence_in_the_licences(self) -> None:
        crates = linked_crates("cognito-authorizer")
        bill, texts = json.loads(sbom(crates)), licences(crates)
        names = {component["name"] for component in bill["components"]}
        self.assertLessEqual({"permissions", "aws-lc-sys", "rustls", "serde_json", "webpki-roots"}, names)
        # Of tests, of build scripts, of macros.
        self.assertFalse({"proptest", "testkit", "cc", "serde_derive"} & names)
        known = {component["purl"] for component in [*bill["components"], bill["metadata"]["component"]]}
        for dependency in bill["dependencies"]:
            self.assertLessEqual(set(dependency["dependsOn"]), known)
        for crate in crates:
            self.assertIn(f"{crate.name} {crate.version} (", texts)


class Package(Folder):
    @classmethod
    def setUpClass(cls) -> None:
        build()

    def setUp(self) -> None:
        super().setUp()
        shutil.copy(ROOT / "permissions.json", self.folder / "orders.json")
        self.function = self.folder / f"cognito-authorizer-0-{OWN}.zip"
        with zipfile.ZipFile(self.function, "w") as archive:
            archive.write(BINARY, "bootstrap")

    def package(self, *options: str, settings: str = SETTINGS) -> subprocess.CompletedProcess[str]:
        self.write("settings.env", settings)
        command = [sys.executable, ROOT / "tools/package.py", "--function", self.function, "--settings", "settings.env"]
        return subprocess.run([*command, *options], cwd=self.folder, capture_output=True, text=True, check=False)

    def assert_packaged(self, run: subprocess.CompletedProcess[str], names: set[str], **settings: str) -> None:
        self.assertEqual((run.returncode, run.stderr), (0, ""), run.stdout)
        with zipfile.ZipFile(self.folder / "authorizer.zip") as archive:
            self.assertEqual(set(archive.namelist()), names)
        environment = json.loads((self.folder / "authorizer.environment.json").read_text())["Variables"]
        self.assertEqual({name: environment.get(name) for name in settings}, settings)

    def assert_refused(self, run: subprocess.CompletedProcess[str], message: str) -> None:
        self.assertEqual(run.returncode, 1, run.stdout)
        self.assertIn(message, run.stdout + run.stderr)
        self.assertFalse((self.folder / "authorizer.zip").exists())

    def test_the_files_that_settings_name_are_packaged_whatever_their_names_are(self) -> None:
        shutil.copy(ROOT / "events/jwks.json", self.folder / "keys of the pool.json")
        named = "PERMISSIONS_FILE=orders.json\nJWKS_FILE=keys of the pool.json\n"
        run = self.package(settings=SETTINGS + named)
        names = {"bootstrap", "orders.json", "keys of the pool.json"}
        self.assert_packaged(run, names, PERMISSIONS_FILE="orders.json", JWKS_FILE="keys of the pool.json")

    def test_a_file_given_by_option_gets_its_setting(self) -> None:
        shutil.copy(ROOT / "events/jwks.json", self.folder / "keys.json")
        run = self.package("--permissions", "orders.json", "--jwks", "keys.json")
        names = {"bootstrap", "permissions.json", "keys.json"}
        self.assert_packaged(run, names, PERMISSIONS_FILE="permissions.json", JWKS_FILE="keys.json")

    def test_a_layer_has_the_files_alone_and_the_settings_name_where_lambda_puts_them(self) -> None:
        run = self.package("--permissions", "orders.json", "--layer")
        self.assert_packaged(run, {"permissions.json"}, PERMISSIONS_FILE="/opt/permissions.json")

    def test_the_same_files_make_the_same_package(self) -> None:
        made = []
        for _ in range(2):
            self.package("--permissions", "orders.json")
            made.append((self.folder / "authorizer.zip").read_bytes())
            (self.folder / "orders.json").touch()
        self.assertEqual(*made)

    def test_what_would_not_start_is_not_packaged(self) -> None:
        wrong = str(self.write("wrong.json", '{"permissions": [{"scopes": [], "allow": ["GET /x"]}]}'))
        self.assert_refused(self.package("--permissions", wrong), "permissions[0].scopes")
        run = self.package("--permissions", "orders.json", settings=SETTINGS + "LEEWAY_SECONDS=x\n")
        self.assert_refused(run, "LEEWAY_SECONDS")
        self.assert_refused(self.package(settings="USER_POOL_ID\n"), "line 1")
        self.assert_refused(self.package("--permissions", "nowhere.json"), "nowhere.json")
        self.assert_refused(self.package("--permissions", "orders.json", settings=SETTINGS + "PERMISSIONS_FILE=/opt/x.json\n"), "--layer")

    def test_every_permission_document_in_the_docs_starts_the_function(self) -> None:
        found = 0
        for page in sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]):
            blocks = re.findall(r"^```json\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
            # A page about several issuers has their file, too.
            entries = next((text for text in blocks if '"kind": ' in text), None)
            files = ["--issuers", str(self.write("issuers.json", entries))] if entries else []
            for text in filter(lambda text: '"permissions": [' in text, blocks):
                found += 1
                with self.subTest(page.relative_to(ROOT)):
                    document = str(self.write("from-a-page.json", text))
                    run = self.package("--permissions", document, *files, settings="" if entries else SETTINGS)
                    self.assertEqual((run.returncode, run.stderr), (0, ""), run.stdout)
        self.assertGreater(found, 3)

    def test_a_function_that_cannot_run_here_is_not_packaged_unchecked_without_being_told_so(self) -> None:
        other = self.function.rename(self.function.with_name("cognito-authorizer-0-riscv.zip"))
        self.function = other
        self.assert_refused(self.package("--permissions", "orders.json"), "--unchecked")
        self.assertEqual(self.package("--permissions", "orders.json", "--unchecked").returncode, 0)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
