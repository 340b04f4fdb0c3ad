"""A backup store in a bucket of an S3-compatible service."""

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

from groundwork.documents import suggest
from groundwork.errors import UserError
from groundwork.state.backup_store import already_exists

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

FORM: Final = "expected s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION (endpoint and region are optional)"
BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
OPTIONS: Final = frozenset({"endpoint", "region"})
DENIED: Final = frozenset({"403", "AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"})
TIMEOUT_SECONDS: Final = 10


class S3Store:
    """A backup store in a bucket, below a prefix: ``s3://bucket/prefix?endpoint=...&region=...``.

    Credentials are found as AWS tools find them. The service has to honor ``If-None-Match`` on a put, as S3, R2, Ceph
    and MinIO do: it prevents objects from being overwritten.
    """

    def __init__(self, location: str) -> None:
        """Raises `UserError` for an invalid URL, a missing bucket, missing credentials, or an unreachable endpoint."""
        self.location = location
        self._bucket, self._prefix, options = _parts(location)
        endpoint = options.get("endpoint")
        with self._explained():
            # A new session: the library's default one caches the first credentials that it finds.
            self._client: S3Client = boto3.Session().client(
                "s3",
                endpoint_url=endpoint,
                region_name=options.get("region"),
                config=Config(
                    connect_timeout=TIMEOUT_SECONDS,
                    # A custom endpoint has no host name for each bucket.
                    s3={"addressing_style": "path"} if endpoint else {},
                ),
            )
        try:
            with self._explained():
                self._check_bucket()
        except BaseException:
            self.close()
            raise

    def _check_bucket(self) -> None:
        try:
            self._client.head_bucket(Bucket=self._bucket)
        except ClientError as error:
            # Credentials that may only write are good practice for a backup, and may not read the bucket.
            if _code(error) not in DENIED:
                raise

    def put(self, name: str, data: bytes) -> None:
        """See `BackupStore`; the service compares the bytes that arrive with their checksum."""
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
                    raise already_exists(self.location, name) from None

    def get(self, name: str) -> bytes | None:
        """See `BackupStore`."""
        with self._explained():
            try:
                with self._client.get_object(Bucket=self._bucket, Key=self._key(name))["Body"] as body:
                    return body.read()
            except self._client.exceptions.NoSuchKey:
                return None

    def list(self, prefix: str) -> list[str]:
        """See `BackupStore`."""
        with self._explained():
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._key(prefix)
            )
            keys = [entry["Key"] for page in pages for entry in page.get("Contents", [])]
        return sorted(key.removeprefix(self._key("")) for key in keys)

    def close(self) -> None:
        """See `BackupStore`."""
        self._client.close()

    def _key(self, name: str) -> str:
        return f"{self._prefix}/{name}" if self._prefix else name

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn errors of the library into a `UserError`."""
        try:
            yield
        except (NoCredentialsError, PartialCredentialsError) as error:
            raise UserError(
                f"{self.location}: no credentials for this backup store: {error}",
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE",
            ) from None
        except (NoConnectionError, HTTPClientError) as error:
            raise UserError(
                f"{self.location}: no answer from the endpoint: {error}", "check endpoint= and the network"
            ) from None
        except (BotoCoreError, ValueError) as error:  # boto3 raises ValueError for an endpoint that it cannot parse
            raise UserError(f"{self.location}: {error}", FORM) from None
        except ClientError as error:
            raise self._refused(error) from None

    def _refused(self, error: ClientError) -> UserError:
        code, message = _code(error), error.response.get("Error", {}).get("Message", "")
        if code in ("404", "NoSuchBucket"):
            return UserError(
                f"{self.location}: no such bucket {self._bucket!r}", "create it, or correct the name in the URL"
            )
        if code in DENIED:
            return UserError(
                f"{self.location}: access denied: {error.operation_name}: {code} {message}".rstrip(),
                "a backup needs s3:PutObject; list, verify and restore need s3:ListBucket and s3:GetObject",
            )
        return UserError(f"{self.location}: {error.operation_name} failed: {code} {message}".rstrip())


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown"))


def _parts(location: str) -> tuple[str, str, dict[str, str]]:
    """Bucket, prefix and options of a URL; raises `UserError` for an invalid one."""
    try:
        url = urlsplit(location)
        options = parse_qs(url.query, keep_blank_values=True, strict_parsing=True) if url.query else {}
    except ValueError as error:
        raise UserError(f"{location}: is not a valid URL: {error}", FORM) from None
    if "@" in url.netloc:
        # The URL is not repeated: the text before the @ may be a key, and messages end up in logs.
        raise UserError(
            "s3://: credentials are not allowed in the URL of a backup store", "set AWS_ACCESS_KEY_ID or AWS_PROFILE"
        )
    if not BUCKET.fullmatch(url.netloc):
        raise UserError(f"{location}: {url.netloc!r} is not a valid bucket name", FORM)
    if url.fragment:
        raise UserError(f"{location}: #{url.fragment} is not allowed in the URL of a backup store", FORM)
    if unknown := sorted(options.keys() - OPTIONS):
        raise UserError(f"{location}: unknown option {unknown[0]!r}", suggest(unknown[0], sorted(OPTIONS), FORM))
    for option, values in options.items():
        if len(values) != 1 or not values[0]:
            raise UserError(f"{location}: {option}= expects one value", FORM)
    if "endpoint" in options and not re.match(r"https?://[^/]", options["endpoint"][0]):
        raise UserError(f"{location}: endpoint={options['endpoint'][0]} must start with http:// or https://", FORM)
    prefix = url.path.strip("/")
    if prefix and not all(prefix.split("/")):
        raise UserError(f"{location}: the prefix has an empty segment", FORM)
    return url.netloc, prefix, {option: values[0] for option, values in options.items()}
