import { useQuery } from "@tanstack/react-query";

import { authorizationsQuery } from "../oauth/authorizationQueries";
import type { Choice } from "./schemaFields";

const CHATGPT = { value: "chatgpt-mcp-client", label: "ChatGPT" };

/** The apps that act for people here, and ChatGPT in any case. */
export function useClientChoices(workspace: string): Choice[] {
  const { data } = useQuery(authorizationsQuery(workspace));
  const known = new Map([[CHATGPT.value, CHATGPT.label]]);
  for (const { client } of data?.items ?? []) known.set(client.id, client.name);
  return [...known].map(([value, label]) => ({ value, label }));
}
