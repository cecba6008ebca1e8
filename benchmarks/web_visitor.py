"""Somebody with a browser, as far as a measurement needs one: keeps cookies, signs in through the form, asks for pages."""

from __future__ import annotations

import re
from http.client import HTTPConnection, HTTPException, HTTPResponse, RemoteDisconnected
from http.cookies import SimpleCookie
from time import sleep
from urllib.parse import urlencode

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Visitor:
    """One person on one connection that stays open."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}
        self._connection = HTTPConnection("127.0.0.1", port, timeout=120)

    @staticmethod
    def address(path: str, query: list[tuple[str, str]]) -> str:
        """Return an address with its query."""
        return f"{path}?{urlencode(query)}"

    def ready(self) -> bool:
        """Whether the site answers."""
        try:
            return self._ask("GET", "/readyz")[0] == 200
        except (OSError, HTTPException):
            return False

    def sign_in(self, email: str, password: str) -> None:
        """Sign in through the form, as people do; waits where the site asks for patience."""
        for _ in range(20):
            status = self.send(self.form(), email, password)
            if status == 302:
                return
            sleep(6)
        raise SystemExit(f"{email} could not sign in ({status})")

    def form(self) -> str:
        """Open the form of the sign-in page and return its token."""
        _, page = self._ask("GET", "/sign/login/")
        token = _TOKEN.search(page.decode())
        return token.group(1) if token else ""

    def send(self, token: str, email: str, password: str) -> int:
        """Send the form; 302 = signed in."""
        form = {"csrfmiddlewaretoken": token, "login": email, "password": password}
        return self._ask("POST", "/sign/login/", urlencode(form))[0]

    def get(self, address: str) -> tuple[int, int]:
        """Ask for a page; return (status, bytes as they came)."""
        status, body = self._ask("GET", address)
        return status, len(body)

    def _ask(self, method: str, address: str, body: str | None = None) -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()), "Accept-Language": "ja"}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://127.0.0.1:{self._port}/"}
        try:
            answer, content = self._send(method, address, body, headers)
        except RemoteDisconnected:  # the site closes connections on which nothing was asked for a while
            self._connection.close()
            answer, content = self._send(method, address, body, headers)
        except (HTTPException, OSError):
            self._connection.close()
            raise
        for given in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(given).items():
                self._cookies[name] = morsel.value
        return answer.status, content

    def _send(self, method: str, address: str, body: str | None, headers: dict[str, str]) -> tuple[HTTPResponse, bytes]:
        self._connection.request(method, address, body, headers)
        answer = self._connection.getresponse()
        return answer, answer.read()
