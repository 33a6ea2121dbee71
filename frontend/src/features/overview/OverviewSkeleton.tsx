import { Skeleton } from "@mantine/core";

import classes from "./OverviewPage.module.css";

/** A verdict, three figures, a short list. */
export function OverviewSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <div className={classes.parts} aria-hidden>
        <Skeleton height={80} radius="xl" />
        <Skeleton height={104} radius="xl" />
        <div>
          {LINES.map((width) => (
            <Skeleton key={width} height={10} width={width} radius="sm" my={15} />
          ))}
        </div>
      </div>
    </div>
  );
}

const LINES = ["62%", "48%", "71%", "55%", "66%"];
