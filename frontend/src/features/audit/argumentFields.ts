import type { Json } from "@/components/ui/JsonView";

export interface ArgumentFields {
  value: Json;
  fields: readonly (readonly [name: string, value: Json])[];
  /** Every name and text in it, to be searched for what cannot be seen. JSON text itself hides it behind escapes. */
  allText: string;
}

/** Arguments by field; `undefined` when the text is not a JSON object. */
export function fieldsOf(text: string): ArgumentFields | undefined {
  const value = parsed(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
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

function collect(value: Json, texts: string[]): void {
  if (typeof value === "string") texts.push(value);
  if (typeof value !== "object" || value === null) return;
  for (const [name, child] of Object.entries<Json>(value as Record<string, Json>)) {
    texts.push(name);
    collect(child, texts);
  }
}
