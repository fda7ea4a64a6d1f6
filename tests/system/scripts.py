"""The clients that run in a terminal: call.py, and call.sh, which is the same in lines of curl."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from event_files import ROOT
from needles import TOKEN
from pool import PASSWORD, STACK, TEMPORARY_PASSWORD
from system import CLIENT_PYTHON, SystemTest

PEOPLE = {
    "GET /orders": (401, 403),
    "GET /orders/7": (401, 403),
    "GET /orders/7/pii": (401, 200),
    "GET /orders/7/audit": (401, 403),
    "GET /me": (401, 200),
    "PUT /users/{sub}/address": (401, 200),
    "PUT /users/somebody-else/address": (401, 403),
}
MACHINES = PEOPLE | {"GET /orders": (401, 200), "GET /orders/7": (401, 200), "GET /orders/7/pii": (401, 403)}

Statuses = dict[str, tuple[int, int]]


class ScriptTest(SystemTest):
    """What every client in a terminal is tried with."""

    def assert_no_token_in(self, said: str) -> None:
        self.assertEqual(TOKEN.findall(said), [])
        # A signature alone would be no less: 256 bytes are 342 characters.
        self.assertIsNone(re.search(r"[\w-]{200,}", said))


class Python(ScriptTest):
    """clients/call.py."""

    def call(self, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        run = self.system.run_client(str(CLIENT_PYTHON), "clients/call.py", *options, **environment)
        self.assert_no_token_in(run.stdout + run.stderr)
        self.assertNotIn("Traceback", run.stderr)
        return run

    def assert_table(self, run: subprocess.CompletedProcess[str], expected: Statuses) -> None:
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        rows = re.findall(r"^([A-Z]+ /\S+) +(\d{3}) +(\d{3})  ", run.stdout, re.MULTILINE)
        self.assertEqual({route: (int(without), int(given)) for route, without, given in rows}, expected)

    def assert_failed(self, run: subprocess.CompletedProcess[str], message: str) -> None:
        self.assertEqual((run.returncode, run.stdout), (1, ""))
        self.assertIn(message, run.stderr)

    def test_a_user_signs_in_and_sees_every_route_answered(self) -> None:
        run = self.call("--stack", STACK, "--user", self.user, COGNITO_PASSWORD=PASSWORD)
        self.assert_table(run, PEOPLE)
        self.assertIn("not verified", run.stdout)
        self.assertRegex(run.stdout, r'username +"python@example.com"')
        self.assertRegex(run.stdout, r'GET /orders/7/pii .* groups="\[\\"dpo\\"\]"')

    def test_an_invited_user_chooses_a_password_at_the_first_sign_in(self) -> None:
        self.system.pool.invite("ines@example.com")
        secrets = {"COGNITO_PASSWORD": TEMPORARY_PASSWORD, "COGNITO_NEW_PASSWORD": PASSWORD}
        run = self.call("--stack", STACK, "--user", "ines@example.com", **secrets)
        self.assert_table(run, PEOPLE | {"GET /orders/7/pii": (401, 403)})
        again = self.call("--stack", STACK, "--user", "ines@example.com", COGNITO_PASSWORD=PASSWORD)
        self.assertEqual(again.returncode, 0)

    def test_a_machine_gets_a_token_with_a_secret_that_the_pool_tells(self) -> None:
        run = self.call("--stack", STACK, "--machine")
        self.assert_table(run, MACHINES)
        self.assertRegex(run.stdout, r'scope +"orders/read"')
        self.assertNotIn(self.system.pool.machine_secret, run.stdout + run.stderr)

    def test_options_do_instead_of_a_stack(self) -> None:
        outputs = self.system.outputs
        run = self.call(
            *("--region", outputs["Region"], "--api-url", outputs["ApiUrl"], "--login-url", outputs["LoginUrl"]),
            *("--machine-client-id", outputs["MachineClientId"], "--machine", "--route", "GET /orders"),
            COGNITO_CLIENT_SECRET=self.system.pool.machine_secret,
        )
        self.assert_table(run, {"GET /orders": (401, 200)})

    def test_a_wrong_secret_ends_in_one_line_and_no_call(self) -> None:
        wrong = self.call("--stack", STACK, "--user", self.user, COGNITO_PASSWORD="wrong")
        self.assert_failed(wrong, "Incorrect username or password")
        self.assert_failed(self.call("--stack", STACK, "--machine", COGNITO_CLIENT_SECRET="wrong"), "answered 401")
        self.assert_failed(self.call("--stack", "nowhere", "--machine"), "nowhere")

    def test_no_token_goes_out_in_the_clear(self) -> None:
        run = self.call("--stack", STACK, "--machine", "--api-url", "http://api.example.com")
        self.assert_failed(run, "is not an https URL")

    def test_the_pages_configuration_is_the_stacks(self) -> None:
        config = json.loads(self.call("--stack", STACK, "--page-config").stdout)
        self.assertEqual(config["UserClientId"], self.system.pool.user_client)
        self.assertEqual(config["ApiUrl"], self.system.outputs["ApiUrl"])


class Curl(ScriptTest):
    """clients/call.sh."""

    def call(self, kind: str, **environment: str) -> tuple[subprocess.CompletedProcess[str], str]:
        """The run, and the arguments of every curl in it."""
        outputs = self.system.outputs
        with tempfile.TemporaryDirectory() as directory:
            arguments = Path(directory) / "arguments"
            wrapper = Path(directory) / "curl"
            wrapper.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >>{arguments}\nexec {shutil.which("curl")} "$@"\n')
            wrapper.chmod(0o755)
            run = self.system.run_client(
                "bash",
                "-c",
                'PATH=$1:$PATH exec clients/call.sh "$2"',
                "bash",
                directory,
                kind,
                REGION=outputs["Region"],
                USER_CLIENT_ID=outputs["UserClientId"],
                MACHINE_CLIENT_ID=outputs["MachineClientId"],
                LOGIN_URL=outputs["LoginUrl"],
                API_URL=outputs["ApiUrl"],
                **environment,
            )
            return run, arguments.read_text()

    def assert_statuses(self, run: subprocess.CompletedProcess[str], expected: Statuses) -> None:
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        found = re.findall(r"^([A-Z]+ /\S+)\n  without.* (\d{3})\n  with .* (\d{3})$", run.stdout, re.MULTILINE)
        own = re.search(r'"sub": "([^"]+)"', run.stdout)
        assert own, run.stdout
        statuses = {route.replace(own[1], "{sub}"): (int(without), int(given)) for route, without, given in found}
        self.assertEqual(statuses, expected)

    def test_a_user_signs_in_and_no_secret_is_an_argument(self) -> None:
        run, arguments = self.call("user", COGNITO_USER=self.user, COGNITO_PASSWORD=PASSWORD)
        self.assert_statuses(run, PEOPLE)
        self.assert_no_token_in(run.stdout + arguments)
        self.assertIn("InitiateAuth", arguments)
        self.assertNotIn(PASSWORD, arguments)

    def test_a_machine_gets_a_token_and_no_secret_is_an_argument(self) -> None:
        secret = self.system.pool.machine_secret
        run, arguments = self.call("machine", COGNITO_CLIENT_SECRET=secret)
        self.assert_statuses(run, MACHINES)
        self.assert_no_token_in(run.stdout + arguments)
        self.assertIn("client_credentials", arguments)
        self.assertNotIn("Basic", arguments)
        self.assertNotIn(secret, arguments)

    def test_nothing_goes_out_in_the_clear(self) -> None:
        for variable in ("API_URL", "LOGIN_URL", "AWS_ENDPOINT_URL"):
            clear = {**os.environ, "API_URL": "https://api.example.com", variable: "http://api.example.com"}
            run = subprocess.run(["bash", "clients/call.sh", "user"], cwd=ROOT, env=clear, capture_output=True, text=True)
            self.assertEqual((run.returncode, run.stdout), (1, ""))
            self.assertIn(f"{variable} `http://api.example.com` is not an https URL", run.stderr)

    def test_a_wrong_password_ends_in_a_message_and_no_call(self) -> None:
        run, _arguments = self.call("user", COGNITO_USER=self.user, COGNITO_PASSWORD="wrong")
        self.assertNotEqual(run.returncode, 0)
        self.assertNotIn("GET /orders", run.stdout)
