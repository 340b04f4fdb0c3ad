"""Reading of files, web addresses and Google's catalog."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import urllib3

from groundwork.cost.refresh.catalog import Get
from groundwork.errors import UserError

TIMEOUT: Final = urllib3.Timeout(connect=10, read=120)
TOKEN: Final = "GOOGLE_OAUTH_ACCESS_TOKEN"
KEY: Final = "GOOGLE_API_KEY"
OK: Final = 200


def text(origin: str) -> str:
    """The text of a file or of an address; raises `UserError` where it cannot be read."""
    if "://" not in origin:
        try:
            return Path(origin).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(f"{origin}: cannot be read: {error}", "name a file, or an https address") from None
    return _get(origin, {})


def catalog(base: str) -> Get:
    """A function that queries Google's catalog with the available credentials; raises `UserError` without any."""
    headers, query = _credentials()

    def get(path: str) -> Any:
        answer = _get(f"{base}{path}{query}", headers)
        try:
            return json.loads(answer)
        except ValueError:
            raise UserError(f"{base}: the answer is not JSON") from None

    return get


def _credentials() -> tuple[dict[str, str], str]:
    if token := os.environ.get(TOKEN):
        return {"Authorization": f"Bearer {token}"}, ""
    if key := os.environ.get(KEY):
        return {}, f"&key={key}"
    if shutil.which("gcloud"):
        done = subprocess.run(["gcloud", "auth", "print-access-token"], capture_output=True, text=True, check=False)
        if done.returncode == 0 and done.stdout.strip():
            return {"Authorization": f"Bearer {done.stdout.strip()}"}, ""
    raise UserError(
        "there are no credentials for Google's catalog of prices",
        f"set {TOKEN} or {KEY}, log in with gcloud, or read public files: --from",
    )


def _get(address: str, headers: dict[str, str]) -> str:
    """The text at an address. Prices are read over https, or from this machine."""
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise UserError(f"{parts.scheme}://{parts.netloc}: prices are read over https alone")
    shown = f"{parts.scheme}://{parts.netloc}{parts.path}"
    try:
        with urllib3.PoolManager(timeout=TIMEOUT, retries=urllib3.Retry(3, backoff_factor=0.2)) as pool:
            answer = pool.request("GET", address, headers=headers)
    except urllib3.exceptions.HTTPError as error:
        raise UserError(f"{shown}: cannot be read: {type(error).__name__}") from None
    if answer.status != OK:
        raise UserError(f"{shown}: answered {answer.status}", "are the credentials allowed to read it?")
    return answer.data.decode("utf-8", errors="replace")
