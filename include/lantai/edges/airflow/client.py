"""Airflow's public REST API from outside: log in, ask, and be told why not in words of ours.

The standard library's client, which follows no redirect and uses no proxy of
the environment here: the login goes to the address that was named, nowhere else.
Airflow itself is not imported. What is asked is in `airflow_bell` and in
`lantai.edges.airflow.api`.

Source: Airflow 3.3, /auth/token (the same for SimpleAuthManager and FAB) and /api/v2.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from lantai.edges.files.private_file import read_if_there
from lantai.errors import OrchestratorError, SettingsError
from lantai.settings import web_address

ANSWER_SECONDS = 30
"""How long one answer may take to begin: the first login under FAB loads its pages, which takes seconds."""

ANSWER_BYTES = 16 * 1024 * 1024
"""The longest answer that is read; a page of 1,000 task instances has about 1 MiB."""

TOKEN_PATH = "/auth/token"  # noqa: S105 - a path, no secret


@dataclass(frozen=True, slots=True)
class AirflowLogin:
    """Who logs in where: a user with a password, or a token that was made elsewhere.

    Attributes:
        address: Of the api-server, `http://host:port` or https; empty when the file does not say.
        user: Name of the user, empty with a token.
        password: Never shown.
        token: A bearer token, never shown; empty with a user.
    """

    address: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)


class AirflowClient:
    """A client of one Airflow.

    Args:
        login: Where it listens and who logs in.
        answer_seconds: How long one answer may take to begin.
    """

    def __init__(self, login: AirflowLogin, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._login, self._answer_seconds = login, answer_seconds
        self._token = login.token
        self._opener = build_opener(ProxyHandler({}), _StaysWhereItIs)

    def ask(self, method: str, path: str, body: object = None, *, needs_login: bool = True) -> Any:  # noqa: ANN401 - JSON
        """Return what Airflow answers to one request.

        Args:
            method: GET, POST ...
            path: Below the address, with its query.
            body: What is sent as JSON, None for nothing.
            needs_login: Whether to log in first.

        Raises:
            OrchestratorError: Airflow refused, did not answer in time, or answered something that is no JSON.
        """
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if needs_login:
            headers["Authorization"] = f"Bearer {self._logged_in()}"
        content = json.dumps(body).encode() if body is not None else None
        # The scheme was checked where the address came in: http or https.
        request = Request(self._login.address + path, content, headers, method=method)  # noqa: S310
        try:
            with self._opener.open(request, timeout=self._answer_seconds) as answer:
                return json.loads(answer.read(ANSWER_BYTES) or b"null")
        except HTTPError as error:
            refused = OrchestratorError(f"{method} {path}: Airflow answered {error.code}{_said(error, path)}")
            refused.answered = error.code
            raise refused from error
        except (OSError, HTTPException, ValueError) as error:
            raise OrchestratorError(f"{method} {path}: no answer from Airflow: {error}") from error

    def _logged_in(self) -> str:
        if not self._token:
            body = {"username": self._login.user, "password": self._login.password}
            answer = self.ask("POST", TOKEN_PATH, body, needs_login=False)
            token = answer.get("access_token") if isinstance(answer, dict) else None
            if not _is_token(token):
                raise OrchestratorError(f"POST {TOKEN_PATH}: found an answer without a token, expected Airflow's")
            self._token = str(token)
        return self._token


def read_login(path: Path) -> AirflowLogin | None:
    """Return the login that a file holds, None when there is no such file.

    The file is JSON: `{"username": ..., "password": ...}` or `{"token": ...}`, and `"address"` where it is known.

    Raises:
        SettingsError: The file does not hold a login; the message tells nothing of what it holds.
    """
    text = read_if_there(path)
    if not text:
        return None
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    login = _login_of(found) if isinstance(found, dict) else None
    if login is None:
        raise SettingsError(f'{path}: expected JSON with "username" and "password", or with "token"')
    return replace(login, address=web_address(login.address, f"{path}, address")) if login.address else login


def login_text(login: AirflowLogin) -> str:
    """Return what `read_login` reads."""
    words = {"address": login.address, "username": login.user, "password": login.password, "token": login.token}
    return json.dumps({name: word for name, word in words.items() if word}) + "\n"


class _StaysWhereItIs(HTTPRedirectHandler):
    """Follows no redirect: it would carry the token to wherever the answer points."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Return nothing, so that the redirect is told as the refusal it is."""
        del req, fp, code, msg, headers, newurl


def _login_of(found: dict[str, object]) -> AirflowLogin | None:
    words = [found.get(name, "") for name in ("address", "username", "password", "token")]
    address, user, password, token = (word if isinstance(word, str) else "" for word in words)
    is_whole = _is_token(token) if token else bool(user and password)
    return AirflowLogin(address, user, password, token) if is_whole else None


def _is_token(word: object) -> bool:
    """Return whether a word can stand in a header as it is: the library would show another one in its complaint."""
    return isinstance(word, str) and word.isascii() and word.isprintable() and bool(word) and " " not in word


def _said(error: HTTPError, path: str) -> str:
    """Return the reason that Airflow gave; nothing where the answer may repeat the password that was sent."""
    if path == TOKEN_PATH:
        return ""
    try:
        return f": {error.read(500).decode(errors='replace')}"
    except (OSError, HTTPException):
        return ""
