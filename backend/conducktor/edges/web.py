"""The web application: its built files, from memory, and `index.html` for every page address it knows."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException
from litestar.handlers import HTTPRouteHandler

IMMUTABLE = "public, max-age=31536000, immutable"  # names under assets/ carry a digest of their content
REVALIDATE = "no-cache"
COMPRESSIBLE = (".css", ".html", ".js", ".json", ".svg", ".txt")
NOT_PAGES = ("api/", "oauth/token", "oauth/register", "oauth/revoke", ".well-known/", "schema/", "assets/")


@dataclass(frozen=True)
class Asset:
    content: bytes
    media_type: str
    etag: str
    cache_control: str
    is_compressible: bool = False

    @cached_property
    def compressed(self) -> bytes | None:
        """With the first request, not with the start of the process."""
        return gzip.compress(self.content, 9) if self.is_compressible else None


def routes(web_root: Path) -> list[HTTPRouteHandler]:
    """Reads the folder once; a process that starts before the build serves a hint instead of pages."""
    assets = {str(p.relative_to(web_root)): _asset(web_root, p) for p in sorted(web_root.rglob("*")) if p.is_file()}

    @get(["/", "/{path:path}"], opt={"permission": "public"}, include_in_schema=False)
    async def page(request: Request[Any, Any, Any]) -> Response[bytes]:
        wanted = str(request.path_params.get("path", "")).lstrip("/")
        asset = assets.get(wanted)
        if asset is None:
            if wanted.startswith(NOT_PAGES) or "." in wanted.rpartition("/")[2]:
                raise NotFoundException(detail=f"There is nothing at /{wanted}.")
            asset = assets.get("index.html", _HINT)
        return _respond(request, asset)

    return [page]


def _respond(request: Request[Any, Any, Any], asset: Asset) -> Response[bytes]:
    headers = {"Cache-Control": asset.cache_control, "ETag": asset.etag, "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == asset.etag:
        return Response(b"", status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", "") and asset.compressed:
        return Response(asset.compressed, media_type=asset.media_type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(asset.content, media_type=asset.media_type, headers=headers)


def _asset(root: Path, path: Path) -> Asset:
    content = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if media_type.startswith("text/") or path.suffix == ".js":
        media_type += "; charset=utf-8"
    return Asset(
        content=content,
        media_type=media_type,
        etag=f'"{hashlib.sha256(content).hexdigest()[:32]}"',
        cache_control=IMMUTABLE if path.parent.name == "assets" and path.parent.parent == root else REVALIDATE,
        is_compressible=path.suffix in COMPRESSIBLE,
    )


_HINT = Asset(
    content=b"<!doctype html><title>Conducktor</title><p>The web application is not built. Run <code>make run</code>, or "
    b"<code>npm ci &amp;&amp; npm run build</code> in <code>frontend/</code>.",
    media_type="text/html; charset=utf-8",
    etag='"hint"',
    cache_control="no-store",
)
