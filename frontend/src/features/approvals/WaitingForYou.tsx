import { Button } from "@mantine/core";
import { IconChecklist } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";

import type { ApprovalLine } from "@/api/generated/schema";
import { EmptyState } from "@/components/ui/EmptyState";
import { LinkButton } from "@/components/ui/LinkButton";
import { useLast } from "@/components/ui/useLast";
import { paths } from "@/paths";

import { useWaiting } from "./approvalQueries";
import { ApprovalsTable } from "./ApprovalsTable";
import classes from "./WaitingForYou.module.css";
import { type Decision, VERBS } from "./useDecide";
import { titleOf } from "./words";

/** Loaded when several are decided at once. */
const DecideManyDialog = lazy(() => import("./DecideManyDialog"));

/** What this person may decide, the oldest first; several at once with one comment. */
export function WaitingForYou({ workspace }: { workspace: string }) {
  const { lines, error, retry, more } = useWaiting(workspace);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [wish, setWish] = useState<Decision>();
  const lastWish = useLast(wish);
  const selected = (lines ?? []).filter(({ id }) => chosen.has(id));
  return (
    <>
      {selected.length > 0 && <Bar count={selected.length} onWish={setWish} onClear={() => setChosen(new Set())} />}
      <ApprovalsTable
        name="Waiting for you"
        workspace={workspace}
        rows={lines}
        error={error}
        onRetry={retry}
        more={more}
        selection={{ chosen, onChange: setChosen, labelOf, whyNot }}
        empty={<NothingWaits workspace={workspace} more={more} />}
      />
      <Suspense>
        {lastWish && (
          <DecideManyDialog
            workspace={workspace}
            wish={wish}
            lines={selected}
            onClose={() => {
              setWish(undefined);
            }}
            onDecided={() => {
              setChosen(new Set());
            }}
          />
        )}
      </Suspense>
    </>
  );
}

function labelOf(line: ApprovalLine): string {
  return `${titleOf(line)}, asked by ${line.requester}`;
}

function whyNot({ can_decide: canDecide }: ApprovalLine): string | undefined {
  return canDecide ? undefined : "Open it to say what happened.";
}

function Bar({ count, onWish, onClear }: { count: number; onWish: (decision: Decision) => void; onClear: () => void }) {
  return (
    <div className={classes.bar} role="group" aria-label="Selected requests">
      <span className={classes.count}>{count} selected</span>
      {(["approve", "deny"] as const).map((decision) => (
        <Button
          key={decision}
          size="xs"
          variant={decision === "approve" ? "filled" : "default"}
          onClick={() => {
            onWish(decision);
          }}
        >
          {VERBS[decision]} {count}
        </Button>
      ))}
      <Button size="xs" variant="subtle" color="gray" onClick={onClear}>
        Clear
      </Button>
    </div>
  );
}

interface NothingWaitsProps {
  workspace: string;
  more: { hasMore: boolean; isLoading: boolean; load: () => void };
}

function NothingWaits({ workspace, more }: NothingWaitsProps) {
  return (
    <EmptyState
      icon={IconChecklist}
      title="Nothing waits for you"
      action={
        more.hasMore ? (
          <Button variant="default" loading={more.isLoading} onClick={more.load}>
            Look at older requests
          </Button>
        ) : (
          <LinkButton to={paths.approvals({ workspace })} search={{ tab: "all" }} variant="default">
            Show all requests
          </LinkButton>
        )
      }
    >
      When a policy asks for your agreement, the call stands here with everything you need to judge it, and this page’s entry in
      the rail shows how many there are.
    </EmptyState>
  );
}
