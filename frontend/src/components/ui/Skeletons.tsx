import { Skeleton } from "@mantine/core";

import classes from "./Skeletons.module.css";

/** Each has the shape of what will stand there, so that nothing jumps. */

const WIDTHS = ["38%", "52%", "45%", "60%", "41%", "55%", "48%", "35%"];

export function TableSkeleton({ rows = 8, columns = 4 }: { rows?: number; columns?: number }) {
  return (
    <Loading>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={classes.row}>
          {Array.from({ length: columns }, (_, column) => (
            <div key={column} className={classes.cell}>
              <Skeleton height={10} width={WIDTHS[(row + column * 3) % WIDTHS.length]} radius="sm" />
            </div>
          ))}
        </div>
      ))}
    </Loading>
  );
}

export function DetailSkeleton() {
  return (
    <Loading>
      <div className={classes.header}>
        <Skeleton height={36} width={36} radius="lg" />
        <div className={classes.lines}>
          <Skeleton height={14} width="14rem" radius="sm" />
          <Skeleton height={10} width="22rem" maw="100%" radius="sm" />
        </div>
      </div>
      <div className={classes.lines}>
        {WIDTHS.map((width) => (
          <Skeleton key={width} height={10} width={width} radius="sm" />
        ))}
      </div>
    </Loading>
  );
}

export function CardsSkeleton({ cards = 6 }: { cards?: number }) {
  return (
    <Loading>
      <div className={classes.cards}>
        {Array.from({ length: cards }, (_, card) => (
          <Skeleton key={card} height={96} radius="md" />
        ))}
      </div>
    </Loading>
  );
}

function Loading({ children }: { children: React.ReactNode }) {
  return (
    <div role="status" aria-label="Loading">
      <div aria-hidden>{children}</div>
    </div>
  );
}
