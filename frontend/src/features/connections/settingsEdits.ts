import type { Auth, ConnectionView, Transport, UpdateConnectionBody } from "@/api/generated/schema";

import { hasKeyName, hasSecret } from "./wish";

/** What can be changed of a connection, as the form shows it. The stored secret is never among it. */
export interface Settings {
  title: string;
  url: string;
  transport: Transport;
  auth: Auth;
  header_name: string;
  secret: string;
}

/** What was typed over it. Everything else follows the connection, also when somebody else changes it meanwhile. */
export type Edits = Partial<Settings>;

export function settingsOf(connection: ConnectionView): Settings {
  return {
    title: connection.title,
    url: connection.url,
    transport: connection.transport as Transport,
    auth: connection.auth,
    header_name: connection.header_name ?? "",
    secret: "",
  };
}

/** Only what differs: what is left out stays as it is on the server. `undefined` when there is nothing to save. */
export function changeOf(connection: ConnectionView, edits: Edits): UpdateConnectionBody | undefined {
  const now = settingsOf(connection);
  const { auth } = { ...now, ...edits };
  const changed = Object.fromEntries(
    Object.entries(edits).filter(([field, value]) => {
      if (field === "secret") return value !== "" && hasSecret(auth);
      if (field === "header_name") return value !== now.header_name && hasKeyName(auth);
      return value !== now[field as keyof Settings];
    }),
  );
  return Object.keys(changed).length > 0 ? changed : undefined;
}
