"""The suite can not authenticate: a proxy on loopback adds the token to whatever passes, and changes nothing else."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import ClientError, ClientSession, ClientTimeout, web

HOP = frozenset({"connection", "content-length", "host", "keep-alive", "transfer-encoding"})


@asynccontextmanager
async def bearer_proxy(origin: str, token: str) -> AsyncIterator[str]:
    """Its own origin. A foreign `Host` stays as it is, since the suite sends one on purpose."""
    async with ClientSession(timeout=ClientTimeout(total=60), auto_decompress=False) as session:

        async def pass_on(request: web.Request) -> web.StreamResponse:
            ours = f"{request.url.host}:{request.url.port}"
            given = {name: value for name, value in request.headers.items() if name.lower() not in HOP}
            if given.get("Origin", "").endswith(ours):
                given["Origin"] = origin
            host = request.headers["Host"]
            given["Host"] = origin.partition("//")[2] if host.endswith(f":{port}") else host
            given["Authorization"] = f"Bearer {token}"
            async with session.request(
                request.method, origin + request.path_qs, headers=given, data=await request.read(), allow_redirects=False
            ) as answer:
                kept = {name: value for name, value in answer.headers.items() if name.lower() not in HOP}
                response = web.StreamResponse(status=answer.status, headers=kept)
                await response.prepare(request)
                try:
                    async for chunk in answer.content.iter_any():
                        await response.write(chunk)
                except ClientError:
                    pass
                await response.write_eof()
                return response

        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_route("*", "/{path:.*}", pass_on)
        runner = web.AppRunner(app, handler_cancellation=True, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            yield f"http://localhost:{port}"
        finally:
            await runner.cleanup()
