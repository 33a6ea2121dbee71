import type { ReactNode } from "react";

import { ErrorState } from "./ErrorState";

export interface PendingProps {
  /** Of the shape of what will stand there. */
  skeleton: ReactNode;
  error: unknown;
  onRetry: () => void;
}

/** What stands where data are still missing: their skeleton, or why they do not come. */
export function Pending({ skeleton, error, onRetry }: PendingProps) {
  return error ? <ErrorState error={error} onRetry={onRetry} /> : skeleton;
}
