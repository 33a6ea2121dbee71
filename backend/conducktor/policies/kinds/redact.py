"""Hide what must not travel."""

from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from conducktor.policies.case import Case
from conducktor.policies.example_call import example_call, example_case
from conducktor.policies.policy import Allow, Example, HideInResult, Policy, Verdict
from conducktor.policies.sensitive import Finding, Sensitive, hide


class Redact(Policy, frozen=True, kw_only=True, tag="redact"):
    """Hide secrets, e-mail addresses or card numbers in what is sent to the tool, in what comes back, or in both.

    Each is replaced by a note such as `[redacted: card number]`. The audit says what kind was found and how often, never what
    it was.
    """

    title: ClassVar[str] = "Redact"

    what: Annotated[
        tuple[Sensitive, ...],
        Meta(title="What to hide", description="secrets (API keys, tokens, private keys), emails, cards.", min_length=1),
    ] = tuple(Sensitive)
    in_arguments: Annotated[bool, Meta(title="In arguments", description="Hide it in what is sent to the tool.")] = True
    in_results: Annotated[bool, Meta(title="In results", description="Hide it in what comes back.")] = True

    def judge(self, case: Case) -> Verdict:
        what = frozenset(self.what)
        duty = HideInResult(what) if self.in_results else None
        if not self.in_arguments:
            return Allow(duty=duty)
        given = bytes(case.call.arguments)
        hidden, findings = hide(given, what, "arguments")
        if not findings:
            return Allow(duty=duty)
        return Allow(msgspec.structs.replace(case.call, arguments=msgspec.Raw(hidden)), duty=duty, findings=findings)


_CARD = {"text": "charge 4111 1111 1111 1111"}

Redact.examples = (
    Example(
        "hides a card number on its way out",
        Redact(what=(Sensitive.CARDS,), in_results=False),
        example_case("slack-alerts_post_message", _CARD),
        Allow(
            example_call("slack-alerts_post_message", {"text": "charge [redacted: card number]"}),
            findings=(Finding(Sensitive.CARDS, "arguments", 1),),
        ),
    ),
    Example(
        "looks at the result too",
        Redact(what=(Sensitive.SECRETS,)),
        example_case("slack-alerts_post_message", _CARD),
        Allow(duty=HideInResult(frozenset({Sensitive.SECRETS}))),
    ),
)
KIND = Redact
