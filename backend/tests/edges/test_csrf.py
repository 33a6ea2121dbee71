"""Every route that changes something, against every way to make a browser call it from elsewhere."""

from litestar import Litestar
from litestar.routes import ASGIRoute, HTTPRoute

from conducktor.core.ids import new_id
from conducktor.edges.csrf import SAFE
from conducktor.edges.web_session import CSRF_COOKIE, SESSION_COOKIE
from tests.product import Browser, Product, signed_up

FOR_CLIENTS = ("/api/conducktor-mcp", "/oauth/")
"""Only these may be exempt: they authenticate a client and never look at our cookies."""


def guarded_routes(app: Litestar) -> list[tuple[str, str]]:
    """Method and example path of every route that changes something on behalf of a person."""
    found = []
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            assert isinstance(route, ASGIRoute)
            assert route.route_handler.opt["permission"] == "client", f"{route.path_format} takes any method"
            assert route.path_format.startswith(FOR_CLIENTS)
            continue
        for handler in route.route_handlers:
            if handler.opt.get("permission") == "client":
                assert route.path_format.startswith(FOR_CLIENTS), f"{route.path_format} must not skip the CSRF check"
            else:
                found += [(str(method), _example(route)) for method in sorted(handler.http_methods - SAFE)]
    return found


def _example(route: HTTPRoute) -> str:
    path = route.path_format
    for name in route.path_parameters:
        path = path.replace(f"{{{name}}}", str(new_id()) if name.endswith("id") else "lab")
    return path


async def test_every_changing_route_refuses_what_did_not_come_from_our_page(product: Product) -> None:
    ada = await signed_up(product, "ada@example.com")
    eve = await signed_up(product, "eve@example.com", name="Eve")
    cases = {
        "no token": {"X-CSRF-Token": ""},
        "another session's token": {"X-CSRF-Token": eve.cookies[CSRF_COOKIE]},
        "a foreign origin": {"Origin": "https://evil.example.com"},
        "no origin at all": {"Origin": "null"},
        "two cookies": {"Cookie": f"{CSRF_COOKIE}=planted; {CSRF_COOKIE}={ada.cookies[CSRF_COOKIE]}"},
        "no cookie": {"Cookie": f"{SESSION_COOKIE}={ada.session_cookie}"},
    }
    routes = guarded_routes(product.app)
    assert len(routes) > 15
    for method, path in routes:
        for case, headers in cases.items():
            answer = await ada.request(method, path, headers=headers, json={})
            assert answer.status_code == 403, f"{method} {path} with {case}: {answer.status_code} {answer.text}"
    assert (await ada.session())["user"]["name"] == "Ada"
    await ada.__aexit__()
    await eve.__aexit__()


async def test_a_body_that_is_not_declared_as_json_is_refused(product: Product) -> None:
    async with Browser(product.url) as ada:
        await ada.sign_up("ada@example.com")
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
            headers = {"Content-Type": content_type}
            answer = await ada.request("PATCH", "/api/account", headers=headers, content=b'{"name": "Eve"}')
            assert answer.status_code == 415, content_type
        utf8 = {"Content-Type": "application/json; charset=utf-8"}
        assert (await ada.request("PATCH", "/api/account", headers=utf8, content=b'{"name": "Ada B."}')).status_code == 200


async def test_a_simple_cross_site_post_without_a_token_is_refused_before_anything_else(product: Product) -> None:
    async with Browser(product.url) as ada:
        await ada.sign_up("ada@example.com")
        headers = {"X-CSRF-Token": "", "Content-Type": "text/plain"}
        refused = await ada.request("POST", "/api/workspaces", headers=headers, content=b'{"name": "Eve"}')
        assert refused.status_code == 403
        assert refused.headers["content-type"] == "application/problem+json"


async def test_the_token_cookie_is_set_once_and_readable_by_the_page(product: Product) -> None:
    async with Browser(product.url) as ada:
        first = await ada.get("/api/session")
        [cookie] = first.headers.get_list("set-cookie")
        assert cookie.startswith(f"{CSRF_COOKIE}=")
        assert "HttpOnly" not in cookie
        assert (await ada.get("/api/session")).headers.get_list("set-cookie") == []
