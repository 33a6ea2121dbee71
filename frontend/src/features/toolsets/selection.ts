import type { OperationClass, ToolLine } from "@/api/generated/schema";

import { toolsIn } from "../policies/toolPattern";

/** Takes in what fits every list that is not empty. */
export interface Rule {
  connections: string[];
  tools: string[];
  classes: OperationClass[];
}

/** As it is stored: picked one by one, taken in by rules, and left out although a rule takes them. */
export interface Selection {
  tools: readonly string[];
  rules: readonly Rule[];
  left_out: readonly string[];
}

/** Full names of what a rule takes in, whatever else is said about them. */
export function byRules(rules: readonly Rule[], tools: readonly ToolLine[]): ReadonlySet<string> {
  return new Set(rules.flatMap((rule) => toolsIn(rule, tools).map(({ full_name: name }) => name)));
}

export function takenIn({ tools: picked, rules, left_out: leftOut }: Selection, tools: readonly ToolLine[]): ToolLine[] {
  const taken = new Set([...picked, ...byRules(rules, tools)]);
  const left = new Set(leftOut);
  return tools.filter(({ full_name: name }) => taken.has(name) && !left.has(name));
}

/** What was picked by hand and is not offered now: turned off, waiting for review, gone, or of a connection that is disabled. */
export function notOffered({ tools: picked }: Selection, tools: readonly ToolLine[]): string[] {
  const offered = new Set(tools.map(({ full_name: name }) => name));
  return picked.filter((name) => !offered.has(name));
}

/** The selection with these tools in it, or without them; a rule that takes one is not changed, it is left out instead. */
export function withTools(selection: Selection, names: readonly string[], isIn: boolean, tools: readonly ToolLine[]): Selection {
  const ruled = byRules(selection.rules, tools);
  const others = selection.tools.filter((name) => !names.includes(name));
  const leftOut = selection.left_out.filter((name) => !names.includes(name));
  return isIn
    ? { ...selection, tools: [...others, ...names.filter((name) => !ruled.has(name))], left_out: leftOut }
    : { ...selection, tools: others, left_out: [...leftOut, ...names.filter((name) => ruled.has(name))] };
}

/** Tools whose name, title or description has all the words. */
export function found(tools: readonly ToolLine[], search: string): ToolLine[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return tools.filter(({ full_name: name, title, summary }) => {
    const text = `${name} ${title ?? ""} ${summary ?? ""}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

export function tokensOf(tools: readonly ToolLine[]): number {
  return tools.reduce((sum, { tokens }) => sum + tokens, 0);
}
