import { expect, test } from "vitest";

import type { TemplateView } from "@/api/generated/schema";
import { kinds, policyOf } from "@/testing/policies";

import { draftOf, draftOfTemplate, emptyDraft, errorAt, missingIn, wishOf, withKind } from "./draft";

const [approval, budget] = [kinds[0]!, kinds[1]!];

test("what is read of a policy is what is sent again", () => {
  const policy = policyOf({
    condition: "has(args.title)",
    who: { roles: ["member"], groups: [{ id: "g1", name: "Finance" }], people: [], clients: [] },
  });

  expect(wishOf(draftOf(policy))).toEqual({
    name: policy.name,
    kind: "require_approval",
    settings: policy.settings,
    who: { roles: ["member"], groups: ["g1"], people: [], clients: [] },
    what: { connections: [], tools: ["linear-prod_create_issue*"], classes: [] },
    condition: "has(args.title)",
    mode: "enforce",
    is_enabled: true,
  });
});

test("a template stands over the defaults of its kind", () => {
  const template: TemplateView = {
    id: "budget",
    description: "",
    definition: { name: "Monthly budget limit: $100", kind: "budget_limit", settings: { amount_usd: 100 }, is_enabled: true },
  };

  expect(draftOfTemplate(template, budget).settings).toEqual({ amount_usd: 100, period: "month" });
});

test("another kind keeps who and what, and drops settings that it does not know", () => {
  const draft = { ...emptyDraft(approval), roles: ["contractor"], settings: { reason: "Money", wait_s: 10 } };
  const changed = withKind(draft, budget);

  expect(changed).toMatchObject({ kind: "budget_limit", roles: ["contractor"], settings: { period: "month" } });
  expect(changed.settings).not.toHaveProperty("reason");
});

test("a name and what the schema demands must be there before anything is sent", () => {
  expect(Object.keys(missingIn(emptyDraft(budget), budget))).toEqual(["name", "settings.amount_usd"]);
  expect(missingIn({ ...emptyDraft(budget), name: "Limit", settings: { amount_usd: 0 } }, budget)).toEqual({});
});

test("what the server says of a part is said at its field", () => {
  const errors = { "settings.approvers.people": "No such member.", "what.tools[...]": "Too long.", name: "Taken." };

  expect(errorAt(errors, "settings.approvers")).toBe("No such member.");
  expect(errorAt(errors, "what.tools")).toBe("Too long.");
  expect(errorAt(errors, "settings.app")).toBeUndefined();
});
