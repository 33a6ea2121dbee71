import type { ApiView, Auth, ConnectApi } from "@/api/generated/schema";

import type { Source } from "./SourceFields";
import type { RegisteredClient } from "./storeClient";
import { authOptions, hasKeyName, hasSecret, NAME_LIMIT } from "./wish";

/** A connection to a REST service as it is typed. */
export interface ApiWish extends RegisteredClient {
  operations: ReadonlySet<string>;
  url: string;
  name: string;
  title: string;
  auth: Auth;
  header_name: string;
  secret: string;
}

/** What the document suggests; nothing is chosen that nobody asked for. */
export function emptyApiWish({ title, servers, security }: ApiView): ApiWish {
  const [first] = security;
  return {
    operations: new Set(),
    url: servers[0] ?? "",
    name: nameFrom(title),
    title: title.slice(0, 80),
    auth: first?.auth ?? "none",
    header_name: first?.key_name ?? "",
    secret: "",
    client_id: "",
    client_secret: "",
  };
}

/** People sign in where the document says how; a key can be entered for any service. */
export function apiAuthOptions({ security }: ApiView): readonly Auth[] {
  return authOptions(undefined).filter((auth) => auth !== "oauth" || security.some((option) => option.auth === auth));
}

/** What the chosen operations need of a sign-in. */
export function scopesOf({ operations }: ApiView, chosen: ReadonlySet<string>): readonly string[] {
  return [...new Set(operations.filter(({ key }) => chosen.has(key)).flatMap(({ scopes }) => scopes))];
}

export function apiWishOf(wish: ApiWish, source: Source): ConnectApi {
  return {
    ...(source.text === undefined ? { document_url: source.url.trim() } : { document: source.text }),
    operations: [...wish.operations],
    url: wish.url.trim(),
    name: wish.name.trim(),
    title: wish.title.trim() || null,
    auth: wish.auth,
    ...(hasKeyName(wish.auth) && { header_name: wish.header_name.trim() }),
    ...(hasSecret(wish.auth) && { secret: wish.secret }),
  };
}

/** `Airflow API (Stable)` → `airflow`: the words that every API has say nothing. */
export function nameFrom(title: string): string {
  const words = title.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const telling = words.filter((word) => !["api", "apis", "rest", "the", "stable", "openapi", "service"].includes(word));
  return (telling.length > 0 ? telling : words).slice(0, 3).join("-").slice(0, NAME_LIMIT) || "api";
}
