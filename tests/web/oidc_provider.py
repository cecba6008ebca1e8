"""A small OpenID Connect provider, as a process of the tests' own: authorises whoever it is told to, with the code flow and PKCE.

python oidc_provider.py PORT
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "rashin", "the-secret-of-the-client-0123456789"


class Provider(BaseHTTPRequestHandler):
    """``/be?email=…&verified=1`` says who signs in next; the rest is the protocol."""

    person: ClassVar[dict[str, Any]] = {}
    codes: ClassVar[dict[str, dict[str, str]]] = {}

    def do_GET(self) -> None:
        """The metadata, the authorisation, the user's data."""
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        issuer = f"http://127.0.0.1:{self.server.server_port}"
        if parts.path == "/.well-known/openid-configuration":
            ends = {f"{name}_endpoint": f"{issuer}/{name}" for name in ("authorization", "token", "userinfo")}
            self._json({"issuer": issuer, "jwks_uri": f"{issuer}/jwks", **ends})
        elif parts.path == "/be":
            Provider.person = {
                "sub": asked["email"],
                "email": asked["email"],
                "email_verified": asked["verified"] == "1",
                "name": asked["email"],
            }
            self._json({})
        elif parts.path == "/authorization":
            assert asked["client_id"] == CLIENT
            assert asked["code_challenge_method"] == "S256"
            code = secrets.token_urlsafe()
            Provider.codes[code] = asked
            self.send_response(302)
            self.send_header("Location", asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]}))
            self.end_headers()
        elif parts.path == "/userinfo":
            self._json(Provider.person)
        else:
            self.send_error(404)

    def do_POST(self) -> None:
        """The token, for a code that is used for the first time by who holds the secret and the verifier."""
        given = {name: values[0] for name, values in parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()).items()}
        if self.headers.get("Authorization"):
            given["client_id"], given["client_secret"] = base64.b64decode(self.headers["Authorization"].split()[1]).decode().split(":")
        asked = Provider.codes.pop(given.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"] or (given["client_id"], given["client_secret"]) != (CLIENT, SECRET):
            self._json({"error": "invalid_grant"}, 400)
            return
        self._json({"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "expires_in": 60, "id_token": self._id_token(asked)})

    def _id_token(self, asked: dict[str, str]) -> str:
        import jwt

        issuer, now = f"http://127.0.0.1:{self.server.server_port}", int(time.time())
        claims = {**Provider.person, "iss": issuer, "aud": CLIENT, "iat": now, "exp": now + 60}
        return jwt.encode(claims | ({"nonce": asked["nonce"]} if "nonce" in asked else {}), SECRET, algorithm="HS256")

    def _json(self, body: dict[str, Any], status: int = 200) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Provider)
    print("ready", flush=True)
    server.serve_forever()
