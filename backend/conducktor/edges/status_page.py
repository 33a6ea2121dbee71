"""`GET /status`: how the service is, for everybody: a page for people, JSON for machines. Needs neither database nor sign-in."""

import base64
import hashlib
from html import escape
from typing import Any

import msgspec
from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromHeader

from conducktor.edges.service_status import FRESH_S, PartState, ServiceStatus, StatusBoard


def routes(board: StatusBoard) -> list[HTTPRouteHandler]:
    @get("/status", opt={"permission": "public"}, include_in_schema=False)
    async def status(accept: FromHeader[str] = "") -> Response[Any]:
        """A page for browsers; machines that do not ask for HTML get JSON."""
        found = await board.look()
        return _page(found) if "text/html" in accept.lower() else _json(found)

    @get("/status.json", opt={"permission": "public"}, include_in_schema=False)
    async def status_json() -> Response[Any]:
        return _json(await board.look())

    return [status, status_json]


def _json(status: ServiceStatus) -> Response[Any]:
    return Response(msgspec.json.encode(status), media_type="application/json", status_code=_code(status), headers=_HEADERS)


def _page(status: ServiceStatus) -> Response[Any]:
    rows = "".join(
        f"<tr><th scope=row>{escape(part.name)}</th><td data-state={part.state}>{_WORDS[part.state]}</td>"
        f"<td>{escape(part.words)}</td></tr>"
        for part in status.parts
    )
    at = f"{status.at:%d %B %Y, %H:%M:%S} UTC"
    page = _PAGE.format(
        style=_STYLE, script=_SCRIPT, state=status.state, title=_WORDS[status.state], words=escape(status.words), rows=rows, at=at
    )
    headers = {**_HEADERS, "Content-Security-Policy": _POLICY}
    return Response(page, media_type="text/html", status_code=_code(status), headers=headers)


def _code(status: ServiceStatus) -> int:
    """Monitors that only look at the code see it too."""
    return 503 if status.state is PartState.DOWN else 200


_WORDS = {PartState.UP: "Up", PartState.DEGRADED: "Degraded", PartState.DOWN: "Down", PartState.OFF: "Off"}
_HEADERS = {"Cache-Control": f"public, max-age={FRESH_S:.0f}", "Vary": "Accept"}

_STYLE = (
    ":root{color-scheme:light dark;--ok:light-dark(#17784a,#5cc793);--bad:light-dark(#b42318,#ff8a80);"
    "--warn:light-dark(#8f5a00,#e3b155);--line:light-dark(#e6e8eb,#25292e);--quiet:light-dark(#5a626b,#a3abb3)}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:8vh auto;padding:0 1rem;"
    "background:light-dark(#fff,#131518);color:light-dark(#16191d,#e7e9ec)}"
    "h1{font-size:1.5rem;margin:0}p{margin:.25rem 0 2rem;color:var(--quiet)}"
    "table{border-collapse:collapse;width:100%}th,td{padding:.625rem .75rem .625rem 0;text-align:left;vertical-align:top;"
    "border-top:1px solid var(--line)}th{font-weight:600;white-space:nowrap}td:last-child{color:var(--quiet)}"
    "[data-state]{font-weight:600;white-space:nowrap}[data-state]::before{content:'\\25cf';margin-right:.375rem}"
    "[data-state=up]{color:var(--ok)}[data-state=down]{color:var(--bad)}[data-state=degraded]{color:var(--warn)}"
    "a{color:inherit}[data-state=off]{color:var(--quiet)}footer{margin-top:1.5rem;font-size:.875rem;color:var(--quiet)}"
    "@media(width<36rem){table,tbody,tr,th,td{display:block}td,th{border:0;padding:0 0 .125rem}"
    "tr{border-top:1px solid var(--line);padding:.75rem 0}}"
)
# What it shows is replaced, so that nobody's place in it is lost as by loading it anew.
_SCRIPT = (
    "setInterval(async()=>{try{const answer=await fetch(location.href,{headers:{accept:'text/html'}});"
    "const fresh=new DOMParser().parseFromString(await answer.text(),'text/html');"
    "if(!fresh.querySelector('main'))throw 0;"
    "document.body.replaceChildren(...fresh.body.childNodes)}catch{const state=document.querySelector('h1 span');"
    "state.dataset.state='down';state.textContent='Out of reach';"
    "document.querySelector('h1+p').textContent="
    "'It does not answer here. What stands below is how it was when it last did.'}},30000)"
)


def _hashed(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


_POLICY = (
    f"default-src 'none'; style-src {_hashed(_STYLE)}; script-src {_hashed(_SCRIPT)}; connect-src 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'none'"
)
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Conducktor: status</title><style>{style}</style><script>{script}</script></head>
<body><main><h1>Conducktor <span data-state={state}>{title}</span></h1><p>{words}</p>
<table><tbody>{rows}</tbody></table></main>
<footer>Checked on {at}. This page refreshes itself. For machines: <a href="/status.json">/status.json</a>.</footer></body></html>
"""
