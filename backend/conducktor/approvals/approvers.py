"""Who may answer a question, in rules and in words."""

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from conducktor.approvals.approval import Approval, AskedQuestion, Vote
from conducktor.core.actor import Permission
from conducktor.core.ids import GroupId, UserId
from conducktor.core.question import Approvers
from conducktor.workspaces.roles import PERMISSIONS, Role


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A member as of now."""

    user_id: UserId
    name: str
    email: str
    role: Role
    groups: frozenset[GroupId] = frozenset()


def is_eligible(person: Person, approvers: Approvers) -> bool:
    """Whoever is named, by person, group or role; where nobody is named, everybody whose role may decide approvals.

    An owner can do what an admin can: “Admin team” includes the owners.
    """
    if not (approvers.roles or approvers.groups or approvers.people):
        return Permission.APPROVALS_DECIDE in PERMISSIONS[person.role]
    named = person.user_id in approvers.people or any(_counts_as(person.role, role) for role in approvers.roles)
    return named or not person.groups.isdisjoint(approvers.groups)


def _counts_as(role: Role, named: str) -> bool:
    if role == named:
        return True
    wanted = PERMISSIONS[Role(named)] if named in set(Role) else frozenset()
    return Permission.APPROVALS_DECIDE in wanted and wanted <= PERMISSIONS[role]


def may_answer(person: Person, approval: Approval) -> bool:
    """Whether any of its questions is for this person. Whose request it is, is another matter."""
    return any(is_eligible(person, asked.question.approvers) for asked in approval.questions)


def given(asked: AskedQuestion, votes: Iterable[Vote], people: Mapping[UserId, Person]) -> int:
    """How many of those who agreed may (still) answer this question. `people` are the voters who are members now."""
    agreed = (people.get(vote.user_id) for vote in votes if vote.is_approval)
    return sum(1 for person in agreed if person and is_eligible(person, asked.question.approvers))


def can_be_decided(asked: AskedQuestion, people: Iterable[Person], but: UserId | None) -> bool:
    """Whether enough of the workspace's people may answer, without that one."""
    able = sum(1 for person in people if person.user_id != but and is_eligible(person, asked.question.approvers))
    return able >= needed(asked)


def needed(asked: AskedQuestion) -> int:
    return max(1, asked.question.approvers.count)


def sent_to(approvers: Approvers, groups: Mapping[GroupId, str], people: Mapping[UserId, str]) -> tuple[str, ...]:
    """`Admin team`, `Owner team`, the groups' and the people's names. What does not exist any more has no name."""
    teams = tuple(f"{role.capitalize()} team" for role in approvers.roles)
    named = tuple(groups[i] for i in approvers.groups if i in groups) + tuple(people[i] for i in approvers.people if i in people)
    return teams + named or ("Admin team",)


def in_words(names: Collection[str]) -> str:
    """`A`, `A and B`, `A, B and C`; each once."""
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last


def addressees(questions: Sequence[AskedQuestion]) -> str:
    return in_words([name for asked in questions for name in asked.sent_to])
