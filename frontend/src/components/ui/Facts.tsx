import type { ReactNode } from "react";

import classes from "./Facts.module.css";

export interface FactsProps {
  facts: readonly (readonly [name: string, value: ReactNode])[];
}

/** Names and values, one line each. */
export function Facts({ facts }: FactsProps) {
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name} className={classes.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
