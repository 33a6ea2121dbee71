import type { Json } from "@/components/ui/JsonView";

/** A kind's settings as JSON. What they mean, the kind's schema says; these read them without trusting it. */
export type Settings = Readonly<Record<string, Json | undefined>>;

export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

export function numberOf(value: Json | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

export function textsOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

export function settingsOf(value: unknown): Settings {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Settings) : {};
}

export interface Approvers {
  roles: readonly string[];
  groups: readonly string[];
  people: readonly string[];
  count: number;
}

export function approversOf(value: Json | undefined): Approvers {
  const { roles, groups, people, count } = settingsOf(value);
  return { roles: textsOf(roles), groups: textsOf(groups), people: textsOf(people), count: numberOf(count) ?? 1 };
}
