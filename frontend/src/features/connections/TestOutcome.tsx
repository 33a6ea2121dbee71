import { CloseButton } from "@mantine/core";

import type { TestReport } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";

import classes from "./TestOutcome.module.css";

export interface TestOutcomeProps {
  report: TestReport;
  onClose: () => void;
}

/** What Test connection found: the server's sentence, and the tools by what became of them. A failure's cause stands in the state's note. */
export function TestOutcome({ report, onClose }: TestOutcomeProps) {
  const { state, name } = report.connection;
  const isFailed = state === "ERROR";
  const groups = GROUPS.filter(({ key }) => report[key].length > 0);
  return (
    <Callout
      tone={isFailed ? "bad" : state === "ACTIVE" ? "ok" : "quiet"}
      title={isFailed ? `Tested just now: ${name} does not work` : "Tested just now"}
      role="status"
      actions={<CloseButton size="sm" aria-label="Close the test result" onClick={onClose} />}
    >
      <p>{isFailed ? "The cause and what to do about it stand below." : report.message}</p>
      {groups.length > 0 && (
        <dl className={classes.groups}>
          {groups.map(({ key, label }) => (
            <div key={key} className={classes.group}>
              <dt>{label}</dt>
              <dd>
                {report[key].map((tool) => (
                  <code key={tool}>{tool}</code>
                ))}
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Callout>
  );
}

const GROUPS = [
  { key: "added", label: "Added" },
  { key: "changed", label: "Changed" },
  { key: "removed", label: "Removed" },
  { key: "quarantined", label: "To review" },
  { key: "rejected", label: "Rejected" },
] as const;
