"""Ask people first."""

from typing import Annotated, ClassVar

from msgspec import Meta

from conducktor.core.question import Approvers
from conducktor.policies.asking import is_about_deciding
from conducktor.policies.case import Case
from conducktor.policies.example_call import example_case
from conducktor.policies.policy import Allow, AskHuman, Example, Policy, Verdict

WAIT_MAX_S = 40


class RequireApproval(Policy, frozen=True, kw_only=True, tag="require_approval"):
    """Ask people before the call is made. The call is kept exactly as it was asked for and is carried out once they agree.

    The caller is told at once that approval is required, unless the policy lets the call wait for the decision.
    """

    title: ClassVar[str] = "Require approval"

    approvers: Annotated[
        Approvers,
        Meta(title="Approvers", description="Who may approve: roles, groups or people, and how many of them must agree."),
    ] = Approvers(roles=("admin",))
    wait_s: Annotated[
        int,
        Meta(
            title="Wait (seconds)", description="How long the call may wait for the decision; 0: not at all.", ge=0, le=WAIT_MAX_S
        ),
    ] = 0
    expires_hours: Annotated[
        int, Meta(title="Expires after (hours)", description="How long people have to decide.", ge=1, le=720)
    ] = 24
    reason: Annotated[
        str, Meta(title="Reason", description="Why approval is needed; shown to those who decide.", max_length=500)
    ] = ""

    def judge(self, case: Case) -> Verdict:
        if is_about_deciding(case.call):
            return Allow()
        return AskHuman(
            self.reason or f"{case.call.full_name} needs approval.",
            approvers=self.approvers,
            wait_s=self.wait_s,
            expires_s=self.expires_hours * 3600,
        )


RequireApproval.examples = (
    Example(
        "asks the admins",
        RequireApproval(),
        example_case("linear-prod_create_issue"),
        AskHuman("linear-prod_create_issue needs approval.", approvers=Approvers(roles=("admin",))),
    ),
    Example(
        "asks two owners, with the reason",
        RequireApproval(
            approvers=Approvers(roles=("owner",), count=2), reason="Money leaves the house.", wait_s=30, expires_hours=2
        ),
        example_case("billing_refund"),
        AskHuman("Money leaves the house.", approvers=Approvers(roles=("owner",), count=2), wait_s=30, expires_s=7200),
    ),
    Example(
        "never asks about deciding itself",
        RequireApproval(),
        example_case("conducktr_approve_workflow_run"),
        Allow(),
    ),
)
KIND = RequireApproval
