import type { Auth, CatalogEntryView, CatalogVariable, CreateConnection, Transport } from "@/api/generated/schema";

import type { RegisteredClient } from "./storeClient";

/** What stands in the address instead of a service of the catalogue. */
export const CUSTOM = "custom";

/** A new connection as it is typed. */
export interface Wish extends RegisteredClient {
  name: string;
  title: string;
  url: string;
  transport: Transport;
  variables: Record<string, string>;
  /** Which of the service's addresses. */
  remote: number;
  auth: Auth;
  header_name: string;
  secret: string;
}

export function emptyWish(entry: CatalogEntryView | undefined): Wish {
  return {
    name: entry?.suggested_name ?? "",
    title: entry?.title ?? "",
    url: "",
    transport: "streamable_http",
    variables: Object.fromEntries(
      (entry?.addresses ?? []).flatMap(({ variables }) => variables.map(({ name, default: value }) => [name, value ?? ""])),
    ),
    remote: 0,
    auth: (entry ? authOptions(entry)[0] : undefined) ?? "none",
    header_name: "",
    secret: "",
    client_id: "",
    client_secret: "",
  };
}

const EVERY_AUTH: readonly Auth[] = ["none", "oauth", "bearer", "header", "basic", "query"];

/** Whether a secret is typed for it; the other ways need none, or a person who signs in. */
export function hasSecret(auth: Auth): boolean {
  return auth !== "none" && auth !== "oauth";
}

/** Whether the key goes under a name that somebody has to say: of a header, or of a parameter of the address. */
export function hasKeyName(auth: Auth): boolean {
  return auth === "header" || auth === "query";
}

/** The blanks of the chosen address. */
export function variablesOf(entry: CatalogEntryView | undefined, remote: number): readonly CatalogVariable[] {
  return entry?.addresses[remote]?.variables ?? [];
}

/** The ways to sign in, the easiest first. */
export function authOptions(entry: CatalogEntryView | undefined): readonly Auth[] {
  return entry ? EVERY_AUTH.filter((auth) => entry.auth_options.includes(auth)) : EVERY_AUTH;
}

/** What is asked of the server: only what belongs to the chosen way to sign in, and of a known service no address. */
export function requestOf(wish: Wish, entry: CatalogEntryView | undefined): CreateConnection {
  return {
    name: wish.name.trim(),
    title: wish.title.trim() || null,
    ...(entry
      ? { service: entry.id, variables: givenVariables(wish, entry), remote: wish.remote }
      : { remote: 0, url: wish.url.trim(), transport: wish.transport }),
    auth: wish.auth,
    ...(hasKeyName(wish.auth) && !(entry && wish.auth in entry.key_names) && { header_name: wish.header_name.trim() }),
    ...(hasSecret(wish.auth) && { secret: wish.secret }),
  };
}

function givenVariables(wish: Wish, entry: CatalogEntryView): Record<string, string> {
  return Object.fromEntries(variablesOf(entry, wish.remote).map(({ name }) => [name, wish.variables[name] ?? ""]));
}

/** What is still missing, by field. What is wrong with what is there, the server knows better. */
export function missingIn(wish: Wish, entry: CatalogEntryView | undefined): Record<string, string> {
  const missing: Record<string, string> = {};
  const nameTrouble = troubleWithName(wish.name.trim());
  if (nameTrouble !== undefined) missing.name = nameTrouble;
  if (!entry && wish.url.trim() === "") missing.url = "Enter the address of the MCP server.";
  for (const { name, is_required: isRequired, description } of variablesOf(entry, wish.remote)) {
    if (isRequired && !wish.variables[name]?.trim()) missing[`variables.${name}`] = `Please fill in: ${description ?? name}.`;
  }
  if (hasKeyName(wish.auth) && !(entry && wish.auth in entry.key_names) && wish.header_name.trim() === "") {
    missing.header_name =
      wish.auth === "header"
        ? "Name the header that carries the key, for example X-Api-Key."
        : "Name the parameter of the address that carries the key, for example api_key.";
  }
  if (hasSecret(wish.auth) && wish.secret.trim() === "") missing.secret = "Enter the key, or choose a connection without one.";
  return missing;
}

export const NAME_LIMIT = 40;

/** Why it cannot be a connection's name; the server has the last word on which names are taken or reserved. */
export function troubleWithName(name: string): string | undefined {
  if (name === "") return "Name the connection: its tools are called by this name.";
  if (/^[a-z0-9][a-z0-9-]*$/.test(name) && name.length <= NAME_LIMIT) return undefined;
  return `Use up to ${String(NAME_LIMIT)} lower-case letters, digits and hyphens, beginning with a letter or digit.`;
}

const EXAMPLES: Record<string, string> = {
  "sandbox-issue-tracker": "search_issues",
  "sandbox-code-host": "list_repos",
  "sandbox-team-chat": "post_message",
};

/** A tool to show the prefix with. */
export function exampleTool(service: string | undefined): string {
  return EXAMPLES[service ?? ""] ?? "search";
}
