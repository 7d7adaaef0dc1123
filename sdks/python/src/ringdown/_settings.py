"""Address and credential of a server."""

import os
from dataclasses import dataclass
from urllib.parse import urlsplit

import grpc

DEFAULT_ADDRESS = "http://127.0.0.1:8080"
PORTS = {"http": 80, "https": 443}

CHANNEL_OPTIONS: list[tuple[str, str | int]] = [
    # This layer retries, because it knows what is safe to retry.
    ("grpc.enable_retries", 0),
    # Reconnects soon to a server that was restarted.
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    # Detects a connection whose peer disappeared silently.
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
]


@dataclass(frozen=True)
class Settings:
    """A checked address and key."""

    target: str
    """`host:port`"""
    tls: bool
    key: str
    root_certificates: bytes | None

    @classmethod
    def of(cls, address: str | None, key: str | None, root_certificates: bytes | None) -> "Settings":
        """Returns the settings, with missing values from RINGDOWN_ADDRESS and RINGDOWN_KEY."""
        address = address or os.environ.get("RINGDOWN_ADDRESS") or DEFAULT_ADDRESS
        key = key or os.environ.get("RINGDOWN_KEY") or ""
        if not key:
            raise ValueError("key: expected an access key or a JWT, here or in RINGDOWN_KEY")
        if not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError("key: expected visible ASCII characters")
        url = urlsplit(address)
        if url.scheme not in PORTS or not url.hostname or url.path.strip("/") or url.query:
            raise ValueError(f"address: expected http://host:port or https://host:port, not {address!r}")
        host = f"[{url.hostname}]" if ":" in url.hostname else url.hostname
        target = f"{host}:{url.port or PORTS[url.scheme]}"
        return cls(target, url.scheme == "https", key, root_certificates)

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """The metadata of every request."""
        return (("authorization", f"Bearer {self.key}"),)

    @property
    def credentials(self) -> grpc.ChannelCredentials:
        """The certificates that TLS trusts: the given ones, or those of the system."""
        return grpc.ssl_channel_credentials(self.root_certificates)
