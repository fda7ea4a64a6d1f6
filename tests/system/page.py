"""The page in clients/web/, in Chromium, against a managed login that checks redirect URI and PKCE."""

from __future__ import annotations

import json
import os
import re
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from playwright.sync_api import BrowserContext, Page, Request, Response, Route, expect
from pool import PASSWORD
from system import SystemTest

WAIT_MILLISECONDS = 15_000
AUTHORIZE = re.compile(r"/oauth2/authorize\?")
TOKEN = "**/oauth2/token"
FORGED = "This answer does not belong to a sign-in that this page began. Sign in again."


class PageTest(SystemTest):
    """A page in a fresh browser profile."""

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        expect.set_options(timeout=WAIT_MILLISECONDS)

    def setUp(self) -> None:
        self.context: BrowserContext = self.system.browser.new_context()
        self.addCleanup(self.context.close)
        self.context.set_default_timeout(WAIT_MILLISECONDS)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[Request] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.goto(self.system.page)

    def start_sign_in(self) -> None:
        self.page.get_by_role("button", name="Sign in").click()

    def fill_in_login(self, password: str = PASSWORD) -> None:
        self.page.wait_for_url("**/login")
        self.page.get_by_label("Username").fill(self.user)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def sign_in(self) -> None:
        self.start_sign_in()
        self.fill_in_login()
        expect(self.page.locator("#who")).to_have_text(f"Signed in as {self.user}")

    def call(self, path: str, verb: str = "GET") -> None:
        self.page.get_by_label("Method").select_option(verb)
        self.page.get_by_label("Path").fill(path)
        self.page.get_by_role("button", name="Send").click()

    def assert_answer(self, status: str) -> None:
        expect(self.page.locator("#answer-status")).to_contain_text(status)

    def body(self) -> Any:
        return json.loads(self.page.locator("#answer-body").inner_text())

    def assert_refused(self, problem: str) -> None:
        expect(self.page.get_by_role("alert")).to_contain_text(problem)
        expect(self.page.locator("#who")).to_have_text("Not signed in")
        self.assertEqual(self.page.url, self.system.page)
        self.assertEqual(self.stored(), [0, 0])

    def stored(self) -> Any:
        return self.page.evaluate("[sessionStorage.length, localStorage.length]")

    def asked_for_tokens(self) -> bool:
        return any(request.url.endswith("/oauth2/token") for request in self.requests)


class SignIn(PageTest):
    """From the button to the API, and back out."""

    def test_a_user_signs_in_and_calls_what_is_permitted(self) -> None:
        self.sign_in()
        self.call("/orders")
        self.assert_answer("GET /orders: 200")
        self.assertEqual(self.body()["route"], "GET /orders")
        self.assertEqual(json.loads(self.body()["authorizer"]["groups"]), ["dpo"])
        self.call("/users/{sub}/address", "PUT")
        self.assert_answer(": 200")
        if picture := os.environ.get("SCREENSHOT"):
            self.page.screenshot(path=picture, full_page=True)
        self.assertEqual(self.complaints, [])

    def test_a_refusal_is_shown_as_what_it_is(self) -> None:
        self.call("/orders")
        self.assert_answer("GET /orders: 401 – not signed in")
        self.sign_in()
        self.call("/orders/7/audit")
        self.assert_answer("GET /orders/7/audit: 403 – not permitted")
        self.call("/users/somebody-else/address", "PUT")
        self.assert_answer("PUT /users/somebody-else/address: 403 – not permitted")

    def test_nothing_of_a_sign_in_stays_behind(self) -> None:
        answered: list[Response] = []
        self.page.on("response", lambda answer: answered.append(answer))
        self.sign_in()
        [tokens] = [answer.json() for answer in answered if answer.url.endswith("/oauth2/token")]
        self.assertEqual(self.page.url, self.system.page)
        self.assertEqual(self.stored(), [0, 0])
        kept = self.page.content() + self.page.evaluate("document.cookie + JSON.stringify(history.state)")
        for token in (tokens["access_token"], tokens["id_token"]):
            self.assertNotIn(token.split(".")[2], kept)
        self.page.reload()
        expect(self.page.locator("#who")).to_have_text("Not signed in")

    def test_after_signing_out_the_password_is_asked_for_again(self) -> None:
        self.sign_in()
        self.page.reload()
        self.start_sign_in()
        expect(self.page.locator("#who")).to_have_text(f"Signed in as {self.user}")
        self.page.get_by_role("button", name="Sign out").click()
        expect(self.page.locator("#who")).to_have_text("Not signed in")
        self.call("/orders")
        self.assert_answer("GET /orders: 401")
        self.start_sign_in()
        self.page.wait_for_url("**/login")

    def test_a_wrong_password_signs_nobody_in(self) -> None:
        self.start_sign_in()
        self.fill_in_login("wrong")
        expect(self.page.get_by_role("alert")).to_have_text("Incorrect username or password.")
        self.fill_in_login()
        expect(self.page.locator("#who")).to_have_text(f"Signed in as {self.user}")


class Attacks(PageTest):
    """What another page, or somebody on the way, may try."""

    def test_an_answer_that_nobody_asked_for_is_refused(self) -> None:
        self.page.goto(f"{self.system.page}?code=stolen&state=any")
        self.assert_refused(FORGED)
        self.assertFalse(self.asked_for_tokens())

    def test_an_answer_with_another_state_is_refused_and_the_sign_in_is_over(self) -> None:
        self.start_sign_in()
        self.page.wait_for_url("**/login")
        for state in ("&state=forged", "&state=", ""):
            self.page.goto(f"{self.system.page}?code=stolen{state}")
            self.assert_refused(FORGED)
        self.assertFalse(self.asked_for_tokens())

    def test_a_code_is_worth_nothing_without_the_verifier(self) -> None:
        def with_another_verifier(route: Route) -> None:
            form = parse_qs(route.request.post_data)
            route.continue_(post_data=urlencode(form | {"code_verifier": ["x" * 43]}, doseq=True))

        self.page.route(TOKEN, with_another_verifier)
        self.start_sign_in()
        self.fill_in_login()
        self.assert_refused("The token endpoint answered 400")

    def test_every_sign_in_sends_a_challenge_and_values_of_its_own(self) -> None:
        for _ in range(2):
            self.start_sign_in()
            self.page.wait_for_url("**/login")
            self.page.goto(self.system.page)
        first, second = (
            parse_qs(urlsplit(request.url).query) for request in self.requests if AUTHORIZE.search(request.url)
        )
        self.assertEqual(first["code_challenge_method"], ["S256"])
        for name in ("state", "nonce", "code_challenge"):
            self.assertRegex(first[name][0], r"^[\w-]{43}$")
            self.assertNotEqual(first[name], second[name])

    def test_an_id_token_of_another_sign_in_is_refused(self) -> None:
        def with_another_nonce(route: Route) -> None:
            address = urlsplit(route.request.url)
            query = urlencode(parse_qs(address.query) | {"nonce": ["other"]}, doseq=True)
            route.fulfill(status=302, headers={"Location": address._replace(query=query).geturl()})

        self.page.route(re.compile(r"/oauth2/authorize\?.*nonce=(?!other)"), with_another_nonce)
        self.start_sign_in()
        self.fill_in_login()
        self.assert_refused("The id token is not for this sign-in")

    def test_a_refusal_of_managed_login_is_told_and_not_followed(self) -> None:
        self.page.route(AUTHORIZE, lambda route: self.redirect_back(route, error="access_denied"))
        self.start_sign_in()
        self.assert_refused("Managed login refused: access_denied")

    def redirect_back(self, route: Route, **answer: str) -> None:
        [state] = parse_qs(urlsplit(route.request.url).query)["state"]
        query = urlencode(answer | {"state": state})
        route.fulfill(status=302, headers={"Location": f"{self.system.page}?{query}"})

    def test_what_the_api_answers_is_text_and_never_markup(self) -> None:
        markup = "<img src=x onerror=\"document.title='taken'\"><script>document.title='taken'</script>"
        headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/html"}
        self.page.route("**/v1/orders", lambda route: route.fulfill(status=200, headers=headers, body=markup))
        self.call("/orders")
        self.assert_answer("GET /orders: 200")
        self.assertEqual(self.page.locator("#answer-body").inner_text(), markup)
        self.assertEqual(self.page.locator("#answer-body *").count(), 0)
        self.assertEqual(self.page.title(), "Orders")

    def test_the_page_runs_no_foreign_script_and_talks_to_no_other_host(self) -> None:
        self.page.evaluate(
            """() => {
                const script = document.createElement('script');
                script.append("document.title = 'taken'");
                try { document.body.append(script); } catch {}
                try { document.body.innerHTML = '<p>taken</p>'; } catch {}
            }"""
        )
        self.assertEqual(self.page.title(), "Orders")
        self.assertNotEqual(self.page.locator("body").inner_text(), "taken")
        # The emulated pool is a host that is there and is none of the page's two.
        fetched = "url => fetch(url, { mode: 'no-cors' }).then(() => 'sent', () => 'blocked')"
        self.assertEqual(self.page.evaluate(fetched, self.system.pool.endpoint), "blocked")
        self.assertEqual(self.page.evaluate(fetched, self.system.outputs["ApiUrl"]), "sent")
