import { allOf, countOf, oneOf } from "./lists";
import { approversOf, numberOf, type Settings, textOf, textsOf } from "./settings";

/** What a rule of that kind does, in a few words; `undefined` for a kind that these pages do not know. */
export function ruleOf(kind: string, settings: Settings, nameOf: (id: string) => string): string | undefined {
  return RULES[kind]?.(settings, nameOf);
}

type Words = (settings: Settings, nameOf: (id: string) => string) => string;

const RULES: Record<string, Words> = {
  require_approval: ({ approvers, wait_s: wait }, nameOf) => {
    const seconds = numberOf(wait) ?? 0;
    return `${approvalBy(approvers, nameOf)} must approve${seconds > 0 ? `; the call waits up to ${String(seconds)} s for it` : ""}`;
  },
  budget_limit: ({ amount_usd: amount, period, share }) =>
    `at most ${dollars(numberOf(amount) ?? 0)} a ${textOf(period) || "month"}, ${SHARES[textOf(share)] ?? "all together"}`,
  allow_only: ({ classes, tools }) => {
    const allowed = [...textsOf(classes).map((one) => `${one} operations`), ...textsOf(tools)];
    return allowed.length === 0
      ? "nothing is allowed"
      : `only ${allOf(allowed)} ${allowed.length === 1 && !isPlural(allowed) ? "is" : "are"} allowed`;
  },
  deny: ({ message }) => (textOf(message) === "" ? "refused" : `refused: “${textOf(message).replace(/\.$/, "")}”`),
  rate_limit: ({ calls, per, share }) =>
    `at most ${countOf(numberOf(calls) ?? 0, "call")} ${per === "hour" ? "an" : "a"} ${textOf(per) || "minute"}, ${SHARES[textOf(share)] ?? "all together"}`,
  argument_rule: ({ rule }) => `the arguments must keep ${textOf(rule)}`,
  redact: ({ what, in_arguments: before, in_results: after }) => {
    const places = [...(before === false ? [] : ["arguments"]), ...(after === false ? [] : ["results"])];
    const hidden = allOf(textsOf(what).map((one) => SENSITIVE[one] ?? one));
    return places.length === 0 ? "nothing is hidden" : `${hidden} are hidden in ${allOf(places)}`;
  },
  untrusted_flow: ({ brings_in: brings, sends_out: sends, approvers }, nameOf) =>
    `after ${oneOf(textsOf(brings))} brought outside content in, ${approvalBy(approvers, nameOf)} must approve ${oneOf(textsOf(sends))}`,
};

function isPlural([only = ""]: readonly string[]): boolean {
  return only.endsWith(" operations");
}

const SHARES: Record<string, string> = {
  together: "all together",
  person: "each person",
  conversation: "each conversation",
  connection: "each connection",
};

const SENSITIVE: Record<string, string> = { secrets: "secrets", emails: "e-mail addresses", cards: "card numbers" };

const ROLES: Record<string, [one: string, many: string]> = {
  owner: ["an owner", "owners"],
  admin: ["an admin", "admins"],
  member: ["a member", "members"],
  contractor: ["a contractor", "contractors"],
};

/** `an admin`, `2 of owners or Finance`, `somebody who may decide approvals`. */
export function approvalBy(value: Settings[string], nameOf: (id: string) => string): string {
  const { roles, groups, people, count } = approversOf(value);
  const isOne = count <= 1;
  const named = [
    ...roles.map((role) => ROLES[role]?.[isOne ? 0 : 1] ?? role),
    ...groups.map((id) => (isOne ? `somebody of ${nameOf(id)}` : nameOf(id))),
    ...people.map(nameOf),
  ];
  if (named.length === 0) return isOne ? "somebody who may decide approvals" : `${String(count)} people who may decide approvals`;
  return isOne ? oneOf(named) : `${String(count)} of ${oneOf(named)}`;
}

function dollars(amount: number): string {
  return `$${amount.toLocaleString("en", { minimumFractionDigits: Number.isInteger(amount) ? 0 : 2, maximumFractionDigits: 6 })}`;
}
