"""The environment, read once into one frozen value. Nothing else reads `os.environ`."""

import os
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from conducktor.core.errors import Invalid


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator may set. Each field is an environment variable; `conducktor settings` prints this table."""

    port: int = 8080
    host: str = "127.0.0.1"
    data_dir: Path = Path("var")
    public_url: str = ""
    database_url: str = ""
    queue_url: str = ""
    api_processes: int = 1
    worker: str = "in-process"
    sign_up: str = "open"
    outbound_allow: tuple[str, ...] = ()
    outbound_ca_file: Path | None = None
    local_servers: Path | None = None
    sandbox: str = "off"
    sandbox_port: int = 0
    call_deadline_s: float = 45.0
    task_after_s: float = 10.0
    stream_ping_s: float = 15.0
    calls_per_connection: int = 200
    catalog: Path | None = None
    catalog_hide: tuple[str, ...] = ()
    keys: str = ""
    smtp_url: str = ""
    mail_from: str = "Conducktor <conducktor@localhost>"
    trusted_proxies: tuple[str, ...] = ()
    web_root: Path = Path(__file__).resolve().parents[2] / "frontend" / "dist"
    log_level: str = "info"

    @property
    def origin(self) -> str:
        """Scheme, host and port people and clients use; also the OAuth issuer. No trailing slash."""
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def resource(self) -> str:
        """The MCP endpoint's canonical URL: RFC 9728 `resource`, RFC 8707 audience."""
        return f"{self.origin}/api/conducktor-mcp"

    @property
    def public_host(self) -> str:
        return urlsplit(self.origin).netloc

    @property
    def is_loopback(self) -> bool:
        return _is_loopback(urlsplit(self.origin).hostname or "")


VARIABLES: dict[str, tuple[str, str]] = {
    "port": ("CONDUCKTOR_PORT", "Port the web application, the API and the MCP endpoint listen on."),
    "host": ("CONDUCKTOR_HOST", "Address to listen on. 0.0.0.0 opens it to the network: put TLS in front."),
    "data_dir": ("CONDUCKTOR_DATA_DIR", "Where the embedded database, the keys and the sandbox keep their files."),
    "public_url": (
        "CONDUCKTOR_PUBLIC_URL",
        "Address under which people and ChatGPT reach this installation, e.g. https://conducktor.example.com. "
        "Must be https unless it is loopback. Default: http://localhost:<port>.",
    ),
    "database_url": ("DATABASE_URL", "PostgreSQL to use (postgresql://…). Empty: an embedded server in the data directory."),
    "queue_url": ("QUEUE_URL", "Where jobs are announced: postgresql://… or redis://…. Empty: the database."),
    "api_processes": ("CONDUCKTOR_API_PROCESSES", "API processes that share the port."),
    "worker": ("CONDUCKTOR_WORKER", "`in-process`: the first API process also runs jobs. `separate`: run `conducktor worker`."),
    "sign_up": (
        "CONDUCKTOR_SIGN_UP",
        "`open`: anybody may create an account. `invited`: after the first account, only invited people.",
    ),
    "outbound_allow": (
        "CONDUCKTOR_OUTBOUND_ALLOW",
        "Comma-separated networks or addresses besides the public internet that upstream servers may live in, each "
        "with an optional port: 10.20.0.0/16, 127.0.0.1:9000. Plain http is possible only there.",
    ),
    "outbound_ca_file": ("CONDUCKTOR_OUTBOUND_CA_FILE", "PEM file with certificate authorities to trust besides the usual ones."),
    "local_servers": (
        "CONDUCKTOR_LOCAL_SERVERS",
        "TOML file with MCP servers that this installation runs itself (stdio). Only its owner may write it; see the docs.",
    ),
    "sandbox": (
        "CONDUCKTOR_SANDBOX",
        "`on`: start the three sandbox services and offer them in the catalogue (`make run` does).",
    ),
    "sandbox_port": ("CONDUCKTOR_SANDBOX_PORT", "Loopback port of the sandbox services. 0: the port after CONDUCKTOR_PORT."),
    "call_deadline_s": ("CONDUCKTOR_CALL_DEADLINE_S", "Seconds after which a tool call is given up."),
    "task_after_s": (
        "CONDUCKTOR_TASK_AFTER_S",
        "Seconds after which a client that can follow tasks gets one for a tool call that goes on.",
    ),
    "stream_ping_s": (
        "CONDUCKTOR_STREAM_PING_S",
        "Seconds after which an open stream on which nothing was said gets a comment, so that no proxy hangs up.",
    ),
    "calls_per_connection": (
        "CONDUCKTOR_CALLS_PER_CONNECTION",
        "Calls of one connection that a process runs at the same time; more are refused. One that hangs holds no more.",
    ),
    "catalog": (
        "CONDUCKTOR_CATALOG",
        "File or folder with further services for the gallery, as server.json documents of the MCP registry.",
    ),
    "catalog_hide": (
        "CONDUCKTOR_CATALOG_HIDE",
        "Comma-separated ids of services that the gallery does not offer, e.g. x,zapier.",
    ),
    "keys": (
        "CONDUCKTOR_KEYS",
        "The key ring as JSON, instead of <data dir>/keys.json. Losing it means losing every stored secret.",
    ),
    "smtp_url": (
        "CONDUCKTOR_SMTP_URL",
        "Mail server, e.g. smtp+starttls://user:password@mail.example.com:587. Empty: links are printed in the log.",
    ),
    "mail_from": ("CONDUCKTOR_MAIL_FROM", "Sender of mail."),
    "trusted_proxies": ("CONDUCKTOR_TRUSTED_PROXIES", "Comma-separated addresses whose X-Forwarded-For is believed."),
    "web_root": ("CONDUCKTOR_WEB_ROOT", "Folder of the built web application."),
    "log_level": ("CONDUCKTOR_LOG_LEVEL", "debug, info, warning or error."),
}
"""field → (environment variable, meaning). A test asserts that every field is here."""

SECRET_FIELDS = frozenset({"database_url", "queue_url", "keys", "smtp_url"})


def load(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the environment. Raises Invalid with one line that names the variable and what to do."""
    given: dict[str, Any] = {}
    for field in msgspec.structs.fields(Settings):
        variable, _ = VARIABLES[field.name]
        if raw := environ.get(variable, "").strip():
            given[field.name] = _parse(variable, raw, field.type)
    settings = Settings(**given)
    _check(settings)
    return settings


def child_environment(settings: Settings, *fields: str) -> dict[str, str]:
    """The environment for a process of ours: what this one was given, with `fields` as `settings` has them."""
    environment = dict(os.environ)
    for field in fields:
        value = getattr(settings, field)
        environment[VARIABLES[field][0]] = ",".join(value) if isinstance(value, tuple) else str(value)
    return environment


def _parse(variable: str, raw: str, wanted: Any) -> Any:
    if wanted == tuple[str, ...]:
        return tuple(part.strip() for part in raw.split(",") if part.strip())
    if wanted == Path | None or wanted is Path:
        return Path(raw)
    try:
        return msgspec.convert(raw, wanted, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid(f"{variable}={raw!r} is not valid: {error}") from None


def _check(settings: Settings) -> None:
    url = urlsplit(settings.origin)
    if url.scheme not in ("http", "https") or not url.hostname or url.path or url.query or url.fragment:
        raise Invalid("CONDUCKTOR_PUBLIC_URL must be an origin such as https://conducktor.example.com, without a path.")
    if url.scheme == "http" and not _is_loopback(url.hostname):
        raise Invalid("CONDUCKTOR_PUBLIC_URL must start with https:// unless it is a loopback address: tokens travel over it.")
    for variable, value, allowed in (
        ("CONDUCKTOR_WORKER", settings.worker, ("in-process", "separate")),
        ("CONDUCKTOR_SIGN_UP", settings.sign_up, ("open", "invited")),
        ("CONDUCKTOR_SANDBOX", settings.sandbox, ("on", "off")),
        ("CONDUCKTOR_LOG_LEVEL", settings.log_level, ("debug", "info", "warning", "error")),
    ):
        if value not in allowed:
            raise Invalid(f"{variable}={value!r} is not known; use one of {', '.join(allowed)}.")
    if settings.database_url and not settings.database_url.startswith("postgresql://"):
        raise Invalid("DATABASE_URL must start with postgresql:// (PostgreSQL is the only database Conducktor runs on).")
    if settings.queue_url and not settings.queue_url.startswith(("postgresql://", "redis://", "rediss://")):
        raise Invalid("QUEUE_URL must start with postgresql://, redis:// or rediss://.")
    if not 1 <= settings.port <= 65535:
        raise Invalid("CONDUCKTOR_PORT must be between 1 and 65535.")
    if not 1 <= settings.api_processes <= 64:
        raise Invalid("CONDUCKTOR_API_PROCESSES must be between 1 and 64.")
    if not 1 <= settings.calls_per_connection <= 10_000:
        raise Invalid("CONDUCKTOR_CALLS_PER_CONNECTION must be between 1 and 10000.")
    if not 1 <= settings.call_deadline_s <= 600:
        raise Invalid("CONDUCKTOR_CALL_DEADLINE_S must be between 1 and 600 seconds.")
    if not 0 < settings.task_after_s <= 600:
        raise Invalid("CONDUCKTOR_TASK_AFTER_S must be above 0 and at most 600 seconds.")
    if not 0.1 <= settings.stream_ping_s <= 600:
        raise Invalid("CONDUCKTOR_STREAM_PING_S must be between 0.1 and 600 seconds.")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
