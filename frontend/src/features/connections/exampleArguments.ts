import type { Json } from "@/components/ui/JsonView";

/** Arguments to begin with: what the schema requires (or all it has, when it requires nothing), with values of the right type. */
export function exampleArguments(schema: Json | undefined): string {
  const { properties, required } = objectOf(schema);
  const all = Object.entries(objectOf(properties));
  const needed = Array.isArray(required) ? all.filter(([name]) => required.includes(name)) : [];
  const shown = needed.length > 0 ? needed : all.slice(0, SHOWN_MAX);
  return JSON.stringify(Object.fromEntries(shown.map(([name, property]) => [name, exampleOf(property)])), null, 2);
}

/** What was typed, or what is wrong with it. */
export function argumentsIn(text: string): { arguments: Record<string, unknown> } | { fault: string } {
  if (text.trim() === "") return { arguments: {} };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value))
      return { arguments: value as Record<string, unknown> };
    return { fault: 'Arguments are a JSON object, such as {"title": "Fix login"}.' };
  } catch (error) {
    return { fault: `This is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

const SHOWN_MAX = 4;

function exampleOf(schema: Json | undefined): Json {
  const { type, enum: choices, const: only, default: usual, examples } = objectOf(schema);
  const given = only ?? usual ?? firstOf(examples) ?? firstOf(choices);
  if (given !== undefined) return given;
  const known = Array.isArray(type) ? firstOf(type) : type;
  return (typeof known === "string" ? BY_TYPE[known] : undefined) ?? "";
}

function firstOf(values: Json | undefined): Json | undefined {
  return Array.isArray(values) ? (values as readonly Json[])[0] : undefined;
}

const BY_TYPE: Record<string, Json> = { string: "", number: 0, integer: 0, boolean: false, array: [], object: {}, null: null };

type JsonObject = Readonly<Record<string, Json | undefined>>;

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
