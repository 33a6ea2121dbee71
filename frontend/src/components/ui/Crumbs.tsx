import { Link } from "@tanstack/react-router";

import classes from "./Crumbs.module.css";

export interface Crumb {
  label: string;
  href: string;
}

/** The way back up, for pages more than two levels deep. The page itself is named by its heading. */
export function Crumbs({ above }: { above: readonly Crumb[] }) {
  return (
    <nav className={classes.crumbs} aria-label="Breadcrumb">
      <ol>
        {above.map(({ label, href }) => (
          <li key={href}>
            <Link to={href}>{label}</Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
