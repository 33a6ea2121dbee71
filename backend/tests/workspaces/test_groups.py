from conducktor.workspaces.roles import Role
from tests.product import Product, decoded
from tests.workspaces.team import LAB, team


async def test_a_group_holds_exactly_the_people_it_was_given(product: Product) -> None:
    async with team(product, Role.MEMBER, Role.CONTRACTOR) as (owner, member, contractor):
        made = decoded(await owner.browser.post(f"{LAB}/groups", {"name": " On  call ", "people": [member.id]}))
        assert (made["name"], [p["user_id"] for p in made["people"]]) == ("On call", [member.id])

        changed = decoded(await owner.browser.patch(f"{LAB}/groups/{made['id']}", {"people": [contractor.id]}))

        assert [p["user_id"] for p in changed["people"]] == [contractor.id]
        assert decoded(await member.browser.get(f"{LAB}/groups")) == [changed]


async def test_who_leaves_the_workspace_leaves_its_groups(product: Product) -> None:
    async with team(product, Role.MEMBER) as (owner, member):
        decoded(await owner.browser.post(f"{LAB}/groups", {"name": "On call", "people": [member.id, owner.id]}))
        await owner.browser.delete(f"{LAB}/members/{member.id}")
        (group,) = decoded(await owner.browser.get(f"{LAB}/groups"))
        assert [p["user_id"] for p in group["people"]] == [owner.id]


async def test_two_groups_never_share_a_name(product: Product) -> None:
    async with team(product) as (owner,):
        decoded(await owner.browser.post(f"{LAB}/groups", {"name": "On call"}))
        again = await owner.browser.post(f"{LAB}/groups", {"name": "ON CALL"})
        assert again.status_code == 409
        assert again.json()["errors"]["name"]


async def test_strangers_cannot_be_put_into_a_group(product: Product) -> None:
    async with team(product) as (owner,):
        stranger = "01890000-0000-7000-8000-000000000001"
        assert decoded(await owner.browser.post(f"{LAB}/groups", {"name": "On call", "people": [stranger]}))["people"] == []


async def test_a_deleted_group_is_gone(product: Product) -> None:
    async with team(product) as (owner,):
        made = decoded(await owner.browser.post(f"{LAB}/groups", {"name": "On call"}))
        assert (await owner.browser.delete(f"{LAB}/groups/{made['id']}")).status_code == 204
        assert decoded(await owner.browser.get(f"{LAB}/groups")) == []
        assert (await owner.browser.delete(f"{LAB}/groups/{made['id']}")).status_code == 404


async def test_settings_take_known_time_zones_only(product: Product) -> None:
    async with team(product) as (owner,):
        assert decoded(await owner.browser.get(f"{LAB}/settings"))["time_zone"] == "UTC"
        assert decoded(await owner.browser.patch(f"{LAB}/settings", {"time_zone": "Asia/Tokyo"}))["time_zone"] == "Asia/Tokyo"
        refused = await owner.browser.patch(f"{LAB}/settings", {"time_zone": "Mars/Base"})
        assert refused.status_code == 422
        assert "time_zone" in refused.json()["errors"]
