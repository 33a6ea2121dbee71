import type { ApprovalDetail } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";

import { sizeOf } from "../audit/measures";
import classes from "./ApprovalPage.module.css";

/** Nobody should agree to what he believes to have read whole. */
export function ArgumentsCut({ detail }: { detail: ApprovalDetail }) {
  if (!detail.arguments_is_cut) return null;
  return (
    <div className={classes.note}>
      <Callout tone="warn" title="These arguments are too long to be shown whole">
        <p>
          Only the first 100,000 characters stand here
          {detail.arguments_bytes !== null && `, of ${sizeOf(detail.arguments_bytes)}`}. Deny the request if what is missing
          matters; the digest stands for all of it.
        </p>
      </Callout>
    </div>
  );
}
