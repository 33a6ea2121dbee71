import type { ReactNode } from "react";

import type { CatalogEntryView } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { CopyField } from "@/components/ui/CopyField";

import classes from "./NewConnectionPage.module.css";

/** What somebody has to do at the service first, what is known about it, and what nobody has confirmed. */
export function SetUpHints({ entry, redirectUri }: { entry: CatalogEntryView; redirectUri: string }) {
  return (
    <div className={classes.hints}>
      {entry.needs === "client" && <RegisterApp entry={entry} redirectUri={redirectUri} />}
      {entry.needs === "key" && (
        <Hint title="Before you connect: get a key">
          <p>
            Create one at {entry.title}, in the account that Conducktor should use, with only the permissions that are needed.
            {entry.docs !== null && <Documentation href={entry.docs} />}
          </p>
        </Hint>
      )}
      {entry.notes !== null && (
        <Hint title="Good to know">
          <p>{entry.notes}</p>
        </Hint>
      )}
      {entry.source !== null && (
        <Hint title={`Imported by ${entry.imported_by ?? "somebody"}`}>
          <p>
            From {entry.source}. Conducktor does not know this service: compare the address below with its documentation before
            you enter a key.
          </p>
        </Hint>
      )}
      {entry.doubts.length > 0 && (
        <Callout tone="quiet" title="Not everything about this entry is confirmed">
          {entry.doubts.map((doubt) => (
            <p key={doubt}>{doubt}</p>
          ))}
          <p>If it does not work, compare it with the service’s documentation.</p>
        </Callout>
      )}
    </div>
  );
}

function RegisterApp({ entry, redirectUri }: { entry: CatalogEntryView; redirectUri: string }) {
  return (
    <Hint title="Before you connect: register an app">
      <p>
        {entry.title} accepts only apps that were registered there. Register one with this redirect URI, then enter its client ID
        below.
        {entry.docs !== null && <Documentation href={entry.docs} />}
      </p>
      <CopyField label="Redirect URI" value={redirectUri} />
      {entry.scopes.length > 0 && <CopyField label="Scopes it needs" value={entry.scopes.join(" ")} />}
    </Hint>
  );
}

function Hint({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={classes.hint}>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Documentation({ href }: { href: string }) {
  return (
    <>
      {" "}
      <a href={href} target="_blank" rel="noreferrer">
        Instructions at {URL.canParse(href) ? new URL(href).host : "the service"}
      </a>
    </>
  );
}
