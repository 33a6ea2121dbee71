import type { Json } from "@/components/ui/JsonView";

export interface ArgumentFields {
  value: Json;
  fields: readonly (readonly [name: string, value: Json])[];
  /** Every name and text in it, to be searched for what cannot be seen. JSON text itself hides it behind escapes. */
  allText: string;
}

/** Arguments by field; `undefined` when the text is not a JSON object, or when one would be shown otherwise than it was sent. */
export function fieldsOf(text: string): ArgumentFields | undefined {
  const value = parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value) || !isFaithful(value, text)) return undefined;
  const texts: string[] = [];
  collect(value, texts);
  return { value, fields: Object.entries(value), allText: texts.join(" ") };
}

/** What a reader sees of one value without unfolding JSON: texts as they are, simple values as JSON has them. */
export function simpleText(value: Json): string | undefined {
  if (typeof value === "string") return value;
  if (value === null || typeof value !== "object") return String(value);
  const items = Array.isArray(value) ? (value as readonly Json[]) : undefined;
  if (items?.length === 0) return "none";
  if (items?.every((item) => typeof item === "string" || typeof item === "number")) return items.join(", ");
  return undefined;
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** JavaScript keeps the last of two fields of one name, and rounds numbers beyond 15 digits: then only the text itself will do. */
function isFaithful(value: Json, text: string): boolean {
  const names = text.match(/"(?:[^"\\]|\\.)*"\s*:/g) ?? [];
  const numbers = text.replace(/"(?:[^"\\]|\\.)*"/g, "").match(/\d[\d.eE+-]*/g) ?? [];
  return names.length === countNames(value) && numbers.every((number) => number.replace(/[eE].*|\D/g, "").length <= 15);
}

function countNames(value: Json): number {
  if (typeof value !== "object" || value === null) return 0;
  const children = Object.values<Json>(value as Record<string, Json>);
  return children.reduce<number>((sum, child) => sum + countNames(child), Array.isArray(value) ? 0 : children.length);
}

function collect(value: Json, texts: string[]): void {
  if (typeof value === "string") texts.push(value);
  if (typeof value !== "object" || value === null) return;
  for (const [name, child] of Object.entries<Json>(value as Record<string, Json>)) {
    texts.push(name);
    collect(child, texts);
  }
}
