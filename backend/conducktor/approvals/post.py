"""Telling people outside the web application that they are needed."""

from collections.abc import Collection

from conducktor.approvals.approval import Approval
from conducktor.approvals.approvers import Person, may_answer
from conducktor.infra.database import Transaction
from conducktor.notices.notice import Notice, NoticeBody, Topic
from conducktor.notices.notices import Notices


class ApprovalPost:
    """Arguments stay inside: they are read on the request's page."""

    def __init__(self, notices: Notices, origin: str) -> None:
        self._notices = notices
        self._origin = origin

    async def waiting(self, tx: Transaction, approval: Approval, people: Collection[Person]) -> None:
        """A request waits; `people` are the workspace's."""
        reasons = " ".join(dict.fromkeys(asked.question.reason for asked in approval.questions))
        app = f" with {approval.client_name}" if approval.client_name else ""
        text = (
            f"{approval.requester_name} asks{app} to run {approval.full_name}. {reasons} "
            f"Decide until {approval.expires_at:%d %B %Y, %H:%M} UTC; nothing happens before."
        )
        await self._tell(tx, approval, people, f"Approval needed: {approval.full_name} for {approval.requester_name}", text)

    async def unknown(self, tx: Transaction, approval: Approval, people: Collection[Person]) -> None:
        """Somebody must look whether it happened."""
        text = (
            f"{approval.full_name} was approved for {approval.requester_name} and sent, but it is not known whether it was "
            f"carried out. Look at {approval.connection_name}, and say on its page what you found. It is not sent again."
        )
        await self._tell(tx, approval, people, f"Outcome unknown: {approval.full_name}", text)

    async def _tell(self, tx: Transaction, approval: Approval, people: Collection[Person], title: str, text: str) -> None:
        facts: dict[str, str | int | None] = {
            "approval_id": str(approval.id),
            "state": approval.state.value,
            "tool": approval.full_name,
            "requester": approval.requester_name,
            "expires_at": approval.expires_at.isoformat(timespec="seconds"),
        }
        notice = Notice(
            topic=Topic.APPROVALS,
            once_key=f"approval:{approval.id}:{approval.state}",
            body=NoticeBody(title=title, text=text, link=self._origin + approval.path(), facts=facts),
            recipients=tuple(p.email for p in people if may_answer(p, approval) and p.user_id != approval.requester_id),
        )
        await self._notices.tell(tx, approval.workspace_id, notice)
