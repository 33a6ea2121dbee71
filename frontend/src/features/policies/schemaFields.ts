import type { Json } from "@/components/ui/JsonView";

import { numberOf, type Settings, settingsOf, textOf, textsOf } from "./settings";

export interface Choice {
  value: string;
  label: string;
}

/** One input of a form, as the JSON Schema of a kind's settings describes it. */
export type Field = FieldWords & FieldShape;

interface FieldWords {
  name: string;
  label: string;
  description: string | undefined;
  isRequired: boolean;
}

export type FieldShape =
  | { type: "text"; isLong: boolean; maxLength: number | undefined }
  | { type: "condition" }
  | { type: "number"; isWhole: boolean; min: number | undefined; max: number | undefined }
  | { type: "choice"; choices: readonly Choice[] }
  | { type: "choices"; choices: readonly Choice[] }
  | { type: "switch" }
  | { type: "patterns" }
  | { type: "texts" }
  | { type: "approvers" }
  | { type: "part"; fields: readonly Field[] };

/** The inputs in the order of the schema. What it does not say in words is said by the name. */
export function fieldsOf(schema: unknown): Field[] {
  const { properties, required } = settingsOf(schema);
  const needed = textsOf(required);
  return Object.entries(settingsOf(properties)).map(([name, property]) => {
    const described = settingsOf(property);
    return {
      name,
      label: textOf(described.title) || spelledOut(name),
      description: textOf(described.description) || undefined,
      isRequired: needed.includes(name),
      ...shapeOf(described),
    };
  });
}

/** What a new policy of the kind begins with: the schema's defaults. */
export function defaultsOf(schema: unknown): Settings {
  const { properties } = settingsOf(schema);
  const given = Object.entries(settingsOf(properties)).map(([name, property]) => [name, settingsOf(property).default] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

const LONG_TEXT = 200;

function shapeOf(property: Settings): FieldShape {
  const { type, format, items, enum: choices } = property;
  if (Array.isArray(choices)) return { type: "choice", choices: choicesOf(choices) };
  if (type === "boolean") return { type: "switch" };
  if (type === "integer" || type === "number") {
    return { type: "number", isWhole: type === "integer", min: numberOf(property.minimum), max: numberOf(property.maximum) };
  }
  if (type === "array") return listOf(settingsOf(items));
  if (type === "object") return isApprovers(property) ? { type: "approvers" } : { type: "part", fields: fieldsOf(property) };
  if (format === "cel") return { type: "condition" };
  const maxLength = numberOf(property.maxLength);
  return { type: "text", isLong: (maxLength ?? 0) > LONG_TEXT, maxLength };
}

function listOf({ enum: choices, format }: Settings): FieldShape {
  if (Array.isArray(choices)) return { type: "choices", choices: choicesOf(choices) };
  return { type: format === "tool-pattern" ? "patterns" : "texts" };
}

/** Who approves has pickers of its own, wherever it stands. */
function isApprovers({ properties }: Settings): boolean {
  const names = Object.keys(settingsOf(properties));
  return ["roles", "groups", "people", "count"].every((name) => names.includes(name));
}

/** In the order in which people would say them; the schema has them by the alphabet. */
const CHOICES: Record<string, string> = {
  second: "Second",
  minute: "Minute",
  hour: "Hour",
  day: "Day",
  week: "Week",
  month: "Month",
  together: "All together",
  person: "Each person",
  conversation: "Each conversation",
  connection: "Each connection",
  read: "Read",
  write: "Write",
  destructive: "Destructive",
  secrets: "Secrets: API keys, tokens, private keys",
  emails: "E-mail addresses",
  cards: "Card numbers",
};

function choicesOf(values: readonly Json[]): Choice[] {
  const order = Object.keys(CHOICES);
  const place = (value: string) => (order.includes(value) ? order.indexOf(value) : order.length);
  return textsOf(values)
    .map((value) => ({ value, label: CHOICES[value] ?? spelledOut(value) }))
    .toSorted((a, b) => place(a.value) - place(b.value));
}

function spelledOut(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
