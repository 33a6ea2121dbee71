import type { ApprovalLine, QuestionView } from "@/api/generated/schema";

import { OWN_TOOLS } from "../audit/deeds";

type Named = Pick<ApprovalLine, "connection" | "tool" | "method">;

/** `Create issue in linear-prod`: what would happen, as a person says it. The exact name stands beside it. */
export function titleOf({ connection, tool, method }: Named): string {
  const place = connection === OWN_TOOLS ? "Conducktor" : connection;
  if (method === "resources/read") return `Read ${tool} in ${place}`;
  if (method === "prompts/get") return `Use the prompt ${tool} of ${place}`;
  const words = wordsOf(tool.replace(`${OWN_TOOLS}_`, ""));
  return `${words} in ${place}`;
}

/** `create_issue`, `issues.createMany` → `Create issue`, `Issues create many`. */
function wordsOf(name: string): string {
  const words = name
    .replaceAll(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .join(" ")
    .toLowerCase();
  return words === "" ? name : words.charAt(0).toUpperCase() + words.slice(1);
}

/** `Admin team and Finance`: whom the policies ask, each once. */
export function addresseesOf(questions: readonly Pick<QuestionView, "sent_to">[]): string {
  return listOf([...new Set(questions.flatMap(({ sent_to: names }) => names))]);
}

/** `1 of 2`, over all questions: the one that still needs most. Nothing where one agreement is enough. */
export function votesOf(questions: readonly Pick<QuestionView, "given" | "needed">[]): string | undefined {
  const open = questions.toSorted((a, b) => b.needed - b.given - (a.needed - a.given))[0];
  return open && open.needed > 1 ? `${String(open.given)} of ${String(open.needed)}` : undefined;
}

export function listOf(names: readonly string[]): string {
  return new Intl.ListFormat("en").format(names);
}

/** As the badges know it: until somebody has decided it waits. */
export function badgeOf(state: ApprovalLine["state"]): string {
  return state === "pending" ? "pending_approval" : state;
}
