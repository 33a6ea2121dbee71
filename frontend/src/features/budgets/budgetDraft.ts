import type { BudgetView, CreateBudget, Period, Share } from "@/api/generated/schema";

import { microUsdOf, plainUsd } from "./money";
import { EVERYTHING, type Scope, scopeOf } from "./scope";

/** A budget as its form shows it. */
export interface BudgetDraft {
  name: string;
  limit: string;
  period: Period;
  share: Share;
  isHard: boolean;
  isEnabled: boolean;
  thresholds: string;
  connections: string[];
  /** One pattern a line. */
  tools: string;
  roles: string[];
  people: string[];
}

export function draftOf(budget: BudgetView | undefined): BudgetDraft {
  const scope = budget ? scopeOf(budget) : EVERYTHING;
  return {
    name: budget?.name ?? "",
    limit: budget ? plainUsd(budget.limit_micro_usd) : "",
    period: budget?.period ?? "month",
    share: budget?.share ?? "together",
    isHard: budget?.is_hard ?? true,
    isEnabled: budget?.is_enabled ?? true,
    thresholds: (budget?.thresholds ?? [50, 80, 100]).join(", "),
    connections: [...scope.connections],
    tools: scope.tools.join("\n"),
    roles: [...scope.roles],
    people: [...scope.people],
  };
}

/** What there is to send, for a new budget and for a changed one. */
export type BudgetBody = Required<CreateBudget> & { thresholds: number[] };

export type DraftErrors = Partial<Record<keyof BudgetDraft, string>>;

/** What to send; or what is wrong, by field. */
export function bodyOf(draft: BudgetDraft): { body: BudgetBody } | { errors: DraftErrors } {
  const limit = microUsdOf(draft.limit);
  const thresholds = percentsOf(draft.thresholds);
  const errors: DraftErrors = {
    ...(draft.name.trim() === "" && { name: "Enter a name." }),
    ...(limit === undefined && { limit: "Enter an amount in dollars, such as 100 or 12.50." }),
    ...(thresholds === undefined && { thresholds: "Enter at most ten percentages from 1 to 100, such as 50, 80, 100." }),
  };
  if (limit === undefined || thresholds === undefined || Object.keys(errors).length > 0) return { errors };
  const covers: Scope = {
    connections: draft.connections,
    tools: linesOf(draft.tools),
    roles: draft.roles,
    people: draft.people,
  };
  return {
    body: {
      name: draft.name.trim(),
      limit_micro_usd: limit,
      period: draft.period,
      share: draft.share,
      is_hard: draft.isHard,
      is_enabled: draft.isEnabled,
      thresholds,
      covers: covers as { [Key in keyof Scope]: string[] },
    },
  };
}

/** What the server says about a field, under the name that the form has for it. */
export function errorsOf(fieldErrors: Readonly<Record<string, string>>): DraftErrors {
  return Object.fromEntries(
    Object.entries(fieldErrors).map(([field, message]) => [FIELDS[field] ?? field.replace(/^covers\W*/, ""), message]),
  );
}

const FIELDS: Record<string, keyof BudgetDraft> = { limit_micro_usd: "limit", is_hard: "isHard", is_enabled: "isEnabled" };

function percentsOf(typed: string): number[] | undefined {
  const words = typed.split(/[\s,;%]+/).filter(Boolean);
  const percents = words.map(Number);
  const isSound = percents.length <= 10 && percents.every((one) => Number.isInteger(one) && one >= 1 && one <= 100);
  return isSound ? percents : undefined;
}

function linesOf(text: string): string[] {
  return text.split(/[\s,]+/).filter(Boolean);
}
