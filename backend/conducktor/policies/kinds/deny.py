"""Refuse calls."""

from typing import Annotated, ClassVar

from msgspec import Meta

from conducktor.policies.case import Case
from conducktor.policies.example_call import example_case
from conducktor.policies.policy import Deny, Example, Policy, Verdict


class DenyCalls(Policy, frozen=True, kw_only=True, tag="deny"):
    """Refuse every call that this policy is about. Say why, so that people know whom to ask."""

    title: ClassVar[str] = "Deny"

    message: Annotated[
        str, Meta(title="Message", description="What the caller reads. Empty: a plain sentence.", max_length=500)
    ] = ""

    def judge(self, case: Case) -> Verdict:
        return Deny(self.message or f"{case.call.full_name} is not allowed here.")


DenyCalls.examples = (
    Example(
        "refuses with a plain sentence",
        DenyCalls(),
        example_case("github-main_delete_repo"),
        Deny("github-main_delete_repo is not allowed here."),
    ),
    Example(
        "says what the admin wrote",
        DenyCalls(message="Repositories are deleted by the platform team."),
        example_case("github-main_delete_repo"),
        Deny("Repositories are deleted by the platform team."),
    ),
)
KIND = DenyCalls
