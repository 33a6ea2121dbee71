"""Finding and hiding secrets, e-mail addresses and card numbers in JSON.

Works on the text of the JSON, string by string: whatever is not hidden stays as it was, byte for byte.
"""

import re
from collections import Counter
from collections.abc import Callable
from enum import StrEnum

import msgspec


class Sensitive(StrEnum):
    """What can be hidden."""

    SECRETS = "secrets"
    EMAILS = "emails"
    CARDS = "cards"


class Finding(msgspec.Struct, frozen=True):
    """How often something was hidden, and where (`arguments`, `result`). Never what it was."""

    what: Sensitive
    where: str
    count: int


SECRET_MIN = 8
_MARKS = "[redacted:"

LABELS = {Sensitive.SECRETS: "secret", Sensitive.EMAILS: "e-mail address", Sensitive.CARDS: "card number"}

_TOKEN = re.compile(rb'"(?:[^"\\]+|\\.)*"|(?<![\d.eE+-])\d{13,19}(?![\d.eE])', re.DOTALL)

_SECRET = re.compile(
    r"""
      -----BEGIN[ ][A-Z ]{0,40}PRIVATE[ ]KEY-----.*?(?:-----END[ ][A-Z ]{0,40}PRIVATE[ ]KEY-----|\Z)
    | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
    | \bgh[pousr]_[A-Za-z0-9]{36,255}\b
    | \bgithub_pat_\w{22,255}\b
    | \bglpat-[\w-]{20,255}
    | \bxox[abeprs]-[A-Za-z0-9-]{10,255}
    | \b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,255}
    | \bsk-[\w-]{20,255}
    | \bAIza[\w-]{35}
    | \blin_(?:api|oauth)_[A-Za-z0-9]{32,255}
    | \bnpm_[A-Za-z0-9]{36}\b
    | \beyJ[\w-]{8,4000}\.eyJ[\w-]{8,8000}\.[\w-]{8,4000}
    | (?<=[Bb]earer[ ])[\w.~+/-]{20,4000}=*
    | (?<=://)[^\s/:@]{1,100}:[^\s/@]{1,200}(?=@)
    """,
    re.VERBOSE | re.DOTALL,
)
_ASSIGNED = re.compile(r"""((?i:api[_-]?key|secret|token|passw(?:or)?d)["']?\s{0,3}[:=]\s{0,3}["']?)([^\s"',;&]{8,255})""")
_EMAIL = re.compile(r"[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_DIGITS = re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?![\d])")
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|(?:5[1-5]|2[2-7])\d{14}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|6(?:011|4[4-9]\d|5\d\d)\d{12}|62\d{14,17}"
)


def hide(given: bytes, what: frozenset[Sensitive], where: str) -> tuple[bytes, tuple[Finding, ...]]:
    """The JSON with what was found replaced by `[redacted: …]`; the very same object when there was nothing."""
    counts: Counter[Sensitive] = Counter()
    hiders = [_HIDERS[kind] for kind in Sensitive if kind in what]

    def replaced(found: re.Match[bytes]) -> bytes:
        token = found.group()
        text: str = msgspec.json.decode(token) if token[:1] == b'"' else token.decode()
        hidden = text
        for hider in hiders:
            hidden = hider(hidden, counts)
        return token if hidden == text else msgspec.json.encode(hidden)

    result = _TOKEN.sub(replaced, given)
    if not counts:
        return given, ()
    return result, tuple(Finding(kind, where, counts[kind]) for kind in Sensitive if counts[kind])


def passes_luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, annex B."""
    doubled = [int(d) * 2 for d in digits[-2::-2]]
    return (sum(int(d) for d in digits[-1::-2]) + sum(d - 9 if d > 9 else d for d in doubled)) % 10 == 0


def _hide_secrets(text: str, counts: Counter[Sensitive]) -> str:
    mark = _mark(Sensitive.SECRETS)

    def replaced(found: re.Match[str]) -> str:
        counts[Sensitive.SECRETS] += 1
        return mark

    def valued(found: re.Match[str]) -> str:
        if found[2].startswith(_MARKS):
            return found[0]
        counts[Sensitive.SECRETS] += 1
        return found[1] + mark

    return _ASSIGNED.sub(valued, _SECRET.sub(replaced, text)) if len(text) >= SECRET_MIN else text


def _hide_emails(text: str, counts: Counter[Sensitive]) -> str:
    if "@" not in text:
        return text
    text, found = _EMAIL.subn(_mark(Sensitive.EMAILS), text)
    counts.update({Sensitive.EMAILS: found} if found else {})
    return text


def _hide_cards(text: str, counts: Counter[Sensitive]) -> str:
    def replaced(found: re.Match[str]) -> str:
        digits = found.group().replace(" ", "").replace("-", "")
        if not (_ISSUERS.fullmatch(digits) and passes_luhn(digits)):
            return found.group()
        counts[Sensitive.CARDS] += 1
        return _mark(Sensitive.CARDS)

    return _DIGITS.sub(replaced, text) if len(text) >= 13 else text


_HIDERS: dict[Sensitive, Callable[[str, Counter[Sensitive]], str]] = {
    Sensitive.SECRETS: _hide_secrets,
    Sensitive.EMAILS: _hide_emails,
    Sensitive.CARDS: _hide_cards,
}


def _mark(kind: Sensitive) -> str:
    return f"[redacted: {LABELS[kind]}]"
