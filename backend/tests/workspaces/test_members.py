import asyncio

from conducktor.core.ids import new_id
from conducktor.settings import Settings
from conducktor.workspaces.roles import Role
from tests.product import Browser, Product, answers_within_a_second, decoded, running_product
from tests.workspaces.team import LAB, team


async def test_members_are_listed_with_their_roles(product: Product) -> None:
    async with team(product, Role.MEMBER, Role.CONTRACTOR) as (owner, member, contractor):
        listed = decoded(await owner.browser.get(f"{LAB}/members"))
        assert [(m["name"], m["role"]) for m in listed] == [("P0", "owner"), ("P1", "member"), ("P2", "contractor")]
        assert decoded(await member.browser.get(f"{LAB}/members")) == listed
        refused = await contractor.browser.get(f"{LAB}/members")
        assert (refused.status_code, refused.json()["facts"]["permission"]) == (403, "members:read")


async def test_roles_are_changed_only_from_above(product: Product) -> None:
    async with team(product, Role.ADMIN, Role.MEMBER) as (owner, admin, member):
        promoted = await admin.browser.patch(f"{LAB}/members/{member.id}", {"role": "admin"})
        assert decoded(promoted)["role"] == "admin"
        too_high = await admin.browser.patch(f"{LAB}/members/{member.id}", {"role": "owner"})
        above = await admin.browser.patch(f"{LAB}/members/{owner.id}", {"role": "member"})
        removing = await admin.browser.delete(f"{LAB}/members/{owner.id}")
        assert [too_high.status_code, above.status_code, removing.status_code] == [403, 403, 403]
        unknown_role = await admin.browser.patch(f"{LAB}/members/{member.id}", {"role": "emperor"})
        assert (unknown_role.status_code, list(unknown_role.json()["errors"])) == (422, ["role"])


async def test_members_and_contractors_change_nobody(product: Product) -> None:
    async with team(product, Role.MEMBER, Role.CONTRACTOR) as (owner, member, contractor):
        for person in (member, contractor):
            answers = [
                await person.browser.patch(f"{LAB}/members/{owner.id}", {"role": "member"}),
                await person.browser.delete(f"{LAB}/members/{contractor.id}"),
                await person.browser.post(f"{LAB}/invitations", {"email": "x@example.com", "role": "member"}),
                await person.browser.get(f"{LAB}/invitations"),
                await person.browser.patch(f"{LAB}/settings", {"name": "Mine"}),
            ]
            assert [answer.status_code for answer in answers] == [403] * 5


async def test_the_last_owner_can_neither_go_nor_be_demoted(product: Product) -> None:
    async with team(product, Role.OWNER) as (first, second):
        assert (await first.browser.patch(f"{LAB}/members/{second.id}", {"role": "admin"})).status_code == 200
        demoted = await first.browser.patch(f"{LAB}/members/{first.id}", {"role": "member"})
        removed = await first.browser.delete(f"{LAB}/members/{first.id}")
        assert [(a.status_code, a.json()["code"]) for a in (demoted, removed)] == [(409, "last_owner")] * 2
        same = await first.browser.patch(f"{LAB}/members/{first.id}", {"role": "owner"})
        assert same.status_code == 200


async def test_two_owners_who_remove_each_other_at_once_leave_one(product: Product) -> None:
    async with team(product, Role.OWNER) as (first, second):
        answers = await asyncio.gather(
            first.browser.delete(f"{LAB}/members/{second.id}"), second.browser.delete(f"{LAB}/members/{first.id}")
        )
        done, refused = sorted(answer.status_code for answer in answers)
        assert done == 204
        assert refused in (409, 404)  # the last owner, or no longer a member when asking
        left = first if answers[0].status_code == 204 else second
        assert [m["user_id"] for m in decoded(await left.browser.get(f"{LAB}/members"))] == [left.id]


async def test_a_removed_person_loses_everything_in_every_process_within_a_second(settings: Settings) -> None:
    async with (
        running_product(settings) as here,
        running_product(settings) as there,
        team(here, Role.MEMBER) as (owner, member),
        Browser(there.url) as elsewhere,
    ):
        elsewhere.cookies = dict(member.browser.cookies)
        decoded(await elsewhere.get(f"{LAB}/members"))
        decoded(await member.browser.get(f"{LAB}/members"))

        assert (await owner.browser.delete(f"{LAB}/members/{member.id}")).status_code == 204

        await answers_within_a_second(404, elsewhere, f"{LAB}/members")
        await answers_within_a_second(404, member.browser, f"{LAB}/members")
        assert [w["slug"] for w in (await member.browser.session())["workspaces"]] == ["lab-2"]


async def test_a_demoted_person_loses_his_permissions_in_every_process_within_a_second(settings: Settings) -> None:
    async with (
        running_product(settings) as here,
        running_product(settings) as there,
        team(here, Role.ADMIN) as (owner, admin),
        Browser(there.url) as elsewhere,
    ):
        elsewhere.cookies = dict(admin.browser.cookies)
        decoded(await elsewhere.get(f"{LAB}/invitations"))
        decoded(await owner.browser.patch(f"{LAB}/members/{admin.id}", {"role": "member"}))
        await answers_within_a_second(403, elsewhere, f"{LAB}/invitations")


async def test_a_foreign_workspace_and_one_that_does_not_exist_look_alike(product: Product) -> None:
    async with team(product, Role.MEMBER) as (owner, _), Browser(product.url) as eve:
        await eve.sign_up("eve@example.com", name="Eve", workspace_name="Den")
        requests = [
            ("GET", "/members", None),
            ("PATCH", f"/members/{owner.id}", {"role": "member"}),
            ("DELETE", f"/members/{owner.id}", None),
            ("GET", "/invitations", None),
            ("POST", "/invitations", {"email": "x@example.com", "role": "member"}),
            ("DELETE", f"/invitations/{new_id()}", None),
            ("PATCH", "/settings", {"name": "Mine"}),
            ("GET", "/audit", None),
        ]
        for method, path, body in requests:
            answers = []
            for workspace in ("lab", "nowhere", "%00", "..%2Flab", "LAB"):
                given = {} if body is None else {"json": body}
                answers.append(await eve.request(method, f"/api/workspaces/{workspace}{path}", **given))
            assert {answer.status_code for answer in answers} == {404}, (method, path)
            assert answers[0].json() == answers[1].json()
        listed = decoded(await owner.browser.get(f"{LAB}/members"))
        assert [m["role"] for m in listed] == ["owner", "member"]


async def test_another_workspaces_people_and_invitations_are_out_of_reach_by_id(product: Product) -> None:
    async with team(product) as (owner,), Browser(product.url) as eve:
        session = await eve.sign_up("eve@example.com", name="Eve", workspace_name="Den")
        sent = decoded(await owner.browser.post(f"{LAB}/invitations", {"email": "x@example.com", "role": "member"}))
        den = "/api/workspaces/den"
        answers = [
            await eve.patch(f"{den}/members/{owner.id}", {"role": "member"}),
            await eve.delete(f"{den}/members/{owner.id}"),
            await eve.delete(f"{den}/invitations/{sent['invitation']['id']}"),
            await owner.browser.delete(f"{LAB}/members/{session['user']['id']}"),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4
        assert len(decoded(await owner.browser.get(f"{LAB}/invitations"))) == 1


async def test_signed_out_everything_needs_signing_in(product: Product) -> None:
    async with team(product) as (owner,), Browser(product.url) as nobody:
        for workspace in ("lab", "nowhere"):
            assert (await nobody.get(f"/api/workspaces/{workspace}/members")).status_code == 401
            assert (await nobody.patch(f"/api/workspaces/{workspace}/members/{owner.id}", {"role": "owner"})).status_code == 401


async def test_renaming_a_workspace_keeps_its_address_and_is_on_the_record(product: Product) -> None:
    async with team(product) as (owner,):
        renamed = decoded(await owner.browser.patch(f"{LAB}/settings", {"name": "  Big  Lab "}))
        assert (renamed["name"], renamed["slug"]) == ("Big Lab", "lab")
        assert [(w["name"], w["slug"]) for w in (await owner.browser.session())["workspaces"]] == [("Big Lab", "lab")]
        entries = decoded(await owner.browser.get(f"{LAB}/audit"))
        assert "workspaces.change_settings" in str(entries)


async def test_a_person_makes_and_switches_between_workspaces(product: Product) -> None:
    async with Browser(product.url) as ada:
        await ada.sign_up("ada@example.com", workspace_name="Lab")
        made = await ada.post("/api/workspaces", {"name": "Lab"})
        assert made.status_code == 201
        assert (made.json()["slug"], made.json()["role"]) == ("lab-2", "owner")
        assert [w["slug"] for w in (await ada.session())["workspaces"]] == ["lab", "lab-2"]
        assert len(decoded(await ada.get("/api/workspaces/lab-2/members"))) == 1
        assert (await ada.post("/api/workspaces", {"name": " "})).status_code == 422


async def test_many_workspaces_of_one_name_at_once_get_different_addresses(product: Product) -> None:
    async with Browser(product.url) as ada:
        await ada.sign_up("ada@example.com", workspace_name="Lab")
        made = await asyncio.gather(*(ada.post("/api/workspaces", {"name": "Lab"}) for _ in range(6)))
        assert {answer.status_code for answer in made} == {201}
        assert len({answer.json()["slug"] for answer in made}) == 6
