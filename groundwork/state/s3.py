"""A vault in a bucket of an S3-compatible store."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError, NoCredentialsError, PartialCredentialsError
from botocore.exceptions import ConnectionError as NoConnectionError

from groundwork.errors import UserError
from groundwork.state.backup_store import taken

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

FORM: Final = "s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION; endpoint and region may be left out"
BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
OPTIONS: Final = frozenset({"endpoint", "region"})
DENIED: Final = frozenset({"403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"})
TIMEOUT_SECONDS: Final = 10


class S3Store:
    """A vault in a bucket, below a prefix: ``s3://bucket/prefix?endpoint=...&region=...``.

    Credentials come from where AWS tools look for them. The store has to honour ``If-None-Match`` on a put, as S3, R2,
    Ceph and MinIO do: that is what keeps an object from being overwritten.
    """

    def __init__(self, location: str) -> None:
        """Raises `UserError` for a bad URL, a bucket that is not there, no credentials, or no answer."""
        self.location = location
        self._bucket, self._prefix, options = _parts(location)
        endpoint = options.get("endpoint")
        with self._explained():
            # A session of its own: the library's shared one keeps the first credentials that it finds.
            self._client: S3Client = boto3.Session().client(
                "s3",
                endpoint_url=endpoint,
                region_name=options.get("region"),
                config=Config(
                    connect_timeout=TIMEOUT_SECONDS,
                    # A store at an address of its own has no name for each bucket.
                    s3={"addressing_style": "path"} if endpoint else {},
                ),
            )
        try:
            with self._explained():
                self._find_bucket()
        except BaseException:
            self.close()
            raise

    def _find_bucket(self) -> None:
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except ClientError as error:
            # Credentials that may only write are good practice for a backup; what they may not do will be said then.
            if _code(error) not in DENIED:
                raise

    def put(self, name: str, data: bytes) -> None:
        """See `Vault`; the store checks what arrives against its checksum."""
        checksum = base64.b64encode(hashlib.sha256(data).digest()).decode()
        with self._explained():
            try:
                self._client.put_object(
                    Bucket=self._bucket, Key=self._key(name), Body=data, IfNoneMatch="*", ChecksumSHA256=checksum
                )
            except ClientError as error:
                if _code(error) != "PreconditionFailed":
                    raise
                if self.get(name) != data:
                    raise taken(self.location, name) from None

    def get(self, name: str) -> bytes | None:
        """See `Vault`."""
        with self._explained():
            try:
                with self._client.get_object(Bucket=self._bucket, Key=self._key(name))["Body"] as body:
                    return body.read()
            except self._client.exceptions.NoSuchKey:
                return None

    def list(self, prefix: str) -> list[str]:
        """See `Vault`."""
        with self._explained():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._key(prefix)
            )
            keys = [found["Key"] for page in pages for found in page.get("Contents", [])]
        return sorted(key.removeprefix(self._key("")) for key in keys)

    def close(self) -> None:
        """See `Vault`."""
        self._client.close()

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the library raises into one message."""
        try:
            yield
        except (NoCredentialsError, PartialCredentialsError) as error:
            raise UserError(
                f"{self.location}: no credentials for this vault: {error}",
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
            ) from None
        except (NoConnectionError, HTTPClientError) as error:
            raise UserError(
                f"{self.location}: the store does not answer: {error}", "check endpoint= and the way to it"
            ) from None
        except (BotoCoreError, ValueError) as error:  # boto3 says ValueError of an endpoint that it cannot parse
            raise UserError(f"{self.location}: {error}", FORM) from None
        except ClientError as error:
            raise self._refused(error) from None

    def _refused(self, error: ClientError) -> UserError:
        code, message = _code(error), error.response.get("Error", {}).get("Message", "")
        if code in ("404", "NoSuchBucket"):
            return UserError(
                f"{self.location}: there is no bucket {self._bucket!r}", "make it once, or name the right one"
            )
        if code in DENIED:
            return UserError(
                f"{self.location}: the credentials may not do this: {error.operation_name}: {code} {message}".rstrip(),
                "a backup needs s3:PutObject; list, verify and restore need s3:ListBucket and s3:GetObject",
            )
        return UserError(f"{self.location}: the store refused {error.operation_name}: {code} {message}".rstrip())


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def _parts(location: str) -> tuple[str, str, dict[str, str]]:
    """Bucket, prefix and options of a URL; raises `UserError` for one of another form."""
    try:
        url = urlsplit(location)
        options = parse_qs(url.query, keep_blank_values=True, strict_parsing=True) if url.query else {}
    except ValueError as error:
        raise UserError(f"{location}: is no URL of a vault: {error}", FORM) from None
    if "@" in url.netloc:
        # Not repeated: what stands before the @ may be a key, and messages end up in logs.
        raise UserError("s3://: the URL of a vault carries no credentials", "set AWS_ACCESS_KEY_ID or AWS_PROFILE")
    if not BUCKET.fullmatch(url.netloc):
        raise UserError(f"{location}: {url.netloc!r} is no name of a bucket", FORM)
    if url.fragment:
        raise UserError(f"{location}: a vault has no #{url.fragment}", FORM)
    if unknown := sorted(options.keys() - OPTIONS):
        raise UserError(f"{location}: unknown option {unknown[0]!r}", FORM)
    for option, values in options.items():
        if len(values) != 1 or not values[0]:
            raise UserError(f"{location}: {option}= wants one value", FORM)
    if (endpoint := options.get("endpoint", ["https://s3"])[0]) and not re.match(r"https?://[^/]", endpoint):
        raise UserError(f"{location}: endpoint={endpoint} does not start with http:// or https://", FORM)
    prefix = url.path.strip("/")
    if prefix and not all(prefix.split("/")):
        raise UserError(f"{location}: the prefix has an empty part", FORM)
    return url.netloc, prefix, {option: values[0] for option, values in options.items()}
