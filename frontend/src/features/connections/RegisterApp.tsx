import { CopyField } from "@/components/ui/CopyField";

import classes from "./NewConnectionPage.module.css";

export interface RegisterAppProps {
  title: string;
  redirectUri: string;
  /** What the chosen operations need. */
  scopes: readonly string[];
}

/** Where people sign in at a REST service, it must know us first. */
export function RegisterApp({ title, redirectUri, scopes }: RegisterAppProps) {
  return (
    <section className={classes.hint}>
      <h2>The service must know Conducktor</h2>
      <p>
        Its document names OAuth: people sign in there, and Conducktor gets access. Register an app at {title} with this redirect
        URI, then enter its client ID.
      </p>
      <CopyField label="Redirect URI" value={redirectUri} />
      {scopes.length > 0 && <CopyField label="Scopes it needs" value={scopes.join(" ")} />}
    </section>
  );
}
