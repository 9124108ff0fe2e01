"""`lantai environment`: the .env of docker-compose.yml, with a random secret for each that is missing."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from lantai.cli.screen import AsJson, answer, line, said
from lantai.edges.private_file import read_if_there, replace_private

SECRET_BYTES = 32
"""Length of a random secret: 256 bits."""


def _password() -> str:
    # Letters, digits, - and _ only: it stands in addresses and in configuration files as it is.
    return secrets.token_urlsafe(SECRET_BYTES)


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


SECRETS: Mapping[str, Callable[[], str]] = {
    "POSTGRES_PASSWORD": _password,
    "AIRFLOW_DB_PASSWORD": _password,
    "LANTAI_DB_PASSWORD": _password,
    "REDIS_PASSWORD": _password,
    "AIRFLOW_FERNET_KEY": _fernet_key,
    "AIRFLOW_JWT_SECRET": _password,
    "AIRFLOW_API_SECRET_KEY": _password,
    "LANTAI_ADMIN_PASSWORD": _password,
    "LANTAI_BELL_PASSWORD": _password,
}
"""Every secret that docker-compose.yml asks for, and how a new one is made."""


def environment(
    path: Annotated[
        Path, typer.Argument(help="写入的文件，已有的值不变 · File to write; values in it are kept", metavar="FILE")
    ] = Path(".env"),
    keys: Annotated[
        Path | None,
        typer.Option(
            help="密钥与连接文件夹：intake.pem、log.pem、recipients.txt、connections.json · Folder of intake.pem, log.pem, "
            "recipients.txt, connections.json",
            metavar="FOLDER",
        ),
    ] = None,
    gateway_keys: Annotated[
        Path | None, typer.Option(help="各单位公钥文件夹 · Folder of the units' UNIT.pub", metavar="FOLDER")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """生成 docker-compose 所用的 .env：随机密码与密钥，只补缺 · Write the .env of docker-compose with random secrets."""
    text, added = completed(read_if_there(path), {"LANTAI_KEYS_DIR": keys, "LANTAI_GATEWAY_KEYS_DIR": gateway_keys})
    if added:
        replace_private(path, text)
    # Names only: a secret on a screen is a secret in a log.
    answer({"path": str(path), "added": added}, lambda: line(_told(path, added)), as_json=as_json)


def completed(known: str, folders: Mapping[str, Path | None]) -> tuple[str, list[str]]:
    """Return the text of a .env with what was missing added, and the names that were added.

    Args:
        known: What stands in the file now; a name that has a value keeps it.
        folders: Folders by variable name; None adds nothing.
    """
    lines = known.splitlines()
    set_already = {
        name.strip()
        for line in lines
        if not line.lstrip().startswith("#")
        for name, _, value in [line.partition("=")]
        if value.strip()
    }
    values = {name: make() for name, make in SECRETS.items() if name not in set_already}
    values |= {
        name: str(path.absolute()) for name, path in folders.items() if path is not None and name not in set_already
    }
    kept = [line for line in lines if line.partition("=")[0].strip() not in values]
    return "\n".join([*kept, *(f"{name}={value}" for name, value in values.items())]) + "\n", list(values)


def _told(path: Path, added: list[str]) -> str:
    if not added:
        return said(f"{path}：无需补充", f"{path}: nothing was missing")
    return said(f"{path}：已补充 {'、'.join(added)}", f"{path}: added {', '.join(added)}")
