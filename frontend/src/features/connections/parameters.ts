import type { Json } from "@/components/ui/JsonView";

export interface Parameter {
  name: string;
  /** In words: `text`, `number or null`, `one of: open, closed`. */
  type: string;
  isRequired: boolean;
  description: string | undefined;
}

/** The arguments of a tool, as its input schema has them at the first level. The schema itself stays the authority. */
export function parametersOf(schema: Json | undefined): Parameter[] {
  const { properties, required } = asObject(schema);
  const names = Array.isArray(required) ? required : [];
  return Object.entries(asObject(properties)).map(([name, property]) => {
    const { description } = asObject(property);
    return {
      name,
      type: typeOf(property),
      isRequired: names.includes(name),
      description: typeof description === "string" ? description : undefined,
    };
  });
}

const SHOWN_CHOICES = 12;

function typeOf(schema: Json | undefined): string {
  const { type, enum: choices, const: only, anyOf, oneOf, items } = asObject(schema);
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(choices)) return choicesOf(choices as readonly Json[]);
  const alternatives = anyOf ?? oneOf;
  if (Array.isArray(alternatives)) return either((alternatives as readonly Json[]).map(typeOf));
  if (Array.isArray(type)) return either((type as readonly Json[]).map(word));
  if (type === "array" && items !== undefined) return `list of ${typeOf(items)}`;
  return word(type);
}

function choicesOf(choices: readonly Json[]): string {
  const shown = choices.slice(0, SHOWN_CHOICES).map((choice) => (typeof choice === "string" ? choice : JSON.stringify(choice)));
  const more = choices.length - shown.length;
  return `one of: ${shown.join(", ")}${more > 0 ? ` and ${String(more)} more` : ""}`;
}

function either(types: readonly string[]): string {
  return [...new Set(types)].join(" or ");
}

const WORDS: Record<string, string> = {
  string: "text",
  boolean: "yes or no",
  integer: "whole number",
  array: "list",
  null: "nothing",
};

function word(type: Json | undefined): string {
  return typeof type === "string" ? (WORDS[type] ?? type) : "anything";
}

type JsonObject = Readonly<Record<string, Json | undefined>>;

function asObject(value: Json | undefined): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
