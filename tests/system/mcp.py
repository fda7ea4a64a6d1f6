"""The official MCP client against deploy/mcp.yaml: it finds out where to sign in, signs in, and calls a tool."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.error
import urllib.request

from cognito_tokens import decode
from pool import PASSWORD
from system import HERE, SystemTest


class Mcp(SystemTest):
    def test_a_client_discovers_the_login_signs_in_and_calls_a_tool(self) -> None:
        settings = {
            "url": self.system.mcp,
            "clientId": self.system.pool.user_client,
            "callback": self.system.page,
            "username": self.user,
            "password": PASSWORD,
        }
        environment = os.environ | {"MCP_SETTINGS": json.dumps(settings)}
        run = subprocess.run(["node", "client.mjs"], cwd=HERE / "mcp", env=environment, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(run.returncode, 0, run.stderr)
        said = json.loads(run.stdout)
        self.assertEqual(said["tools"], ["whoami"])
        subject = decode(self.system.pool.sign_in(self.user)["AccessToken"].split(".")[1])["sub"]
        self.assertEqual(said["result"], [{"type": "text", "text": subject}])
        # The refusal named the metadata, and the metadata the scope and the resource.
        self.assertIn("/v1/.well-known/oauth-protected-resource", said["asked"])
        asked = said["authorization"]
        self.assertEqual((asked["scope"], asked["resource"]), ("orders/read", self.system.mcp))

    def test_a_token_with_too_little_scope_is_told_which_one_to_ask_for(self) -> None:
        token = self.system.pool.sign_in(self.user)["AccessToken"]
        for sent, status, parts in [
            (None, 401, ["resource_metadata=", 'scope="orders/read"']),
            ("no-token", 401, ["resource_metadata="]),
            (token, 403, ['error="insufficient_scope"', 'scope="orders/read"', "resource_metadata="]),
        ]:
            request = urllib.request.Request(self.system.mcp, b"{}", {"Authorization": f"Bearer {sent}"} if sent else {})
            with self.subTest(status=status), self.assertRaises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request, timeout=30)
            self.assertEqual(refused.exception.code, status)
            for part in parts:
                self.assertIn(part, refused.exception.headers["WWW-Authenticate"])
            refused.exception.close()
