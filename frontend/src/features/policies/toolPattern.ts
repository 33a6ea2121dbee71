import type { ToolLine } from "@/api/generated/schema";

/** Whether a shell pattern names the tool, as the server's `fnmatchcase` has it: `*`, `?`, `[abc]`, `[!abc]`; case counts. */
export function matches(pattern: string, name: string): boolean {
  return expressionOf(pattern).test(name);
}

/** What a policy is about: every list that is not empty must agree. */
export interface Scope {
  connections: readonly string[];
  tools: readonly string[];
  classes: readonly string[];
}

export function toolsIn(scope: Scope, tools: readonly ToolLine[]): ToolLine[] {
  const patterns = scope.tools.map(expressionOf);
  return tools.filter(
    ({ full_name: name, connection, operation_class: kind }) =>
      (scope.connections.length === 0 || scope.connections.includes(connection)) &&
      (scope.classes.length === 0 || scope.classes.includes(kind)) &&
      (patterns.length === 0 || patterns.some((pattern) => pattern.test(name))),
  );
}

function expressionOf(pattern: string): RegExp {
  const source = pattern.replace(/\[(!?)(\]?[^\]]*)\]|[\s\S]/g, (one, negated: string | undefined, set: string | undefined) => {
    if (set !== undefined) return setOf(negated === "!", set);
    if (one === "*") return "[\\s\\S]*";
    if (one === "?") return "[\\s\\S]";
    return escaped(one);
  });
  return new RegExp(`^${source}$`);
}

function setOf(isNegated: boolean, set: string): string {
  const inner = set.replace(/[\\\]^]/g, "\\$&");
  try {
    return new RegExp(`[${isNegated ? "^" : ""}${inner}]`).source;
  } catch {
    return "(?!)"; // an empty range such as [z-a] matches nothing
  }
}

function escaped(character: string): string {
  return character.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
