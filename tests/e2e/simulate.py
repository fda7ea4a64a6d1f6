"""`authz simulate` answers as the built function does, byte for byte: each event of events/, under several settings."""

from __future__ import annotations

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from event_files import EVENTS, ROOT, local_settings, read_all
from lambda_watch import BINARY
from runtime_api import function

TOOL = BINARY.with_name("authz")

SETTINGS = [
    {},
    {"INVALID_TOKEN": "deny", "POLICY_COVERS": "request"},
    {"HTTP_API_RESPONSE": "simple", "IDENTITY_SOURCE_CHECK": "off"},
    {"TOKEN_USE": "access,id", "POLICY_BUDGET_BYTES": "1024"},
]


class Simulate(unittest.TestCase):
    """The tool and the function, side by side."""

    @classmethod
    def setUpClass(cls) -> None:
        subprocess.run(["cargo", "build", "--locked", "--package", "authz"], cwd=ROOT, check=True)

    def test_every_answer_is_the_functions_byte_for_byte(self) -> None:
        events = read_all()
        files = [str(EVENTS / f"{event.name}.json") for event in events]
        for changes in SETTINGS:
            settings = local_settings() | changes
            with self.subTest(**changes):
                with function(settings) as process:
                    answers = [process.invoke(Path(file).read_bytes()).body for file in files]
                simulated = self.simulate(settings, files)
                for event, answer, ours in zip(events, answers, simulated, strict=True):
                    with self.subTest(event.name):
                        self.assertEqual(ours, answer)

    def simulate(self, settings: dict[str, str], files: list[str]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "settings.env"
            file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
            command = [TOOL, "simulate", "--settings", file, *files]
            said = subprocess.run(command, cwd=ROOT, env={"PATH": os.environ["PATH"]}, capture_output=True, check=False)
        self.assertEqual((said.returncode, said.stderr), (0, b""))
        return said.stdout.decode().splitlines()

    def test_a_wrong_setting_is_no_answer(self) -> None:
        said = subprocess.run([TOOL, "simulate", *EVENTS.glob("allow-by-scope.json")], cwd=ROOT, env={}, capture_output=True)
        self.assertEqual((said.returncode, said.stdout), (3, b""))
        self.assertIn(b"`USER_POOL_ID`: found nothing", said.stderr)

