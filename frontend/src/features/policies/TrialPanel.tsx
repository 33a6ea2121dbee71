import { Button, SegmentedControl } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useState } from "react";

import type { PolicyDraft } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { FormError } from "@/components/ui/FormError";

import { useWorkspace } from "../workspaces/useWorkspace";
import classes from "./TrialPanel.module.css";
import { TrialResult } from "./TrialResult";
import { useTrial } from "./useTrial";

export interface TrialPanelProps {
  draft: PolicyDraft;
  /** The policy that the draft replaces; none: it is a new one. */
  policy: string | undefined;
}

const SPANS = ["7", "14", "30"];

/** What a draft would have done to the calls of the last days, before it does anything to the next ones. */
export function TrialPanel({ draft, policy }: TrialPanelProps) {
  const { slug } = useWorkspace();
  const [days, setDays] = useState("7");
  const trial = useTrial(slug, { draft, policy, days: Number(days) });
  return (
    <section className={classes.panel} aria-labelledby="trial">
      <h2 id="trial" className={classes.heading}>
        Try before you save
      </h2>
      <p className={classes.words}>
        The calls of the last days are judged again, as if this{" "}
        {policy === undefined ? "policy had been there, enforced" : "version had been enforced"}. Nothing is called and nobody is
        asked.
      </p>
      <div className={classes.choose}>
        <SegmentedControl
          size="xs"
          aria-label="How many days"
          data={SPANS.map((value) => ({ value, label: `${value} days` }))}
          value={days}
          onChange={setDays}
        />
        <Button
          size="xs"
          variant={trial.isCurrent ? "default" : "light"}
          loading={trial.isPending}
          leftSection={<IconHistory size={14} stroke={1.75} aria-hidden />}
          onClick={() => void trial.run()}
        >
          {trial.view === undefined ? "Try it" : "Try again"}
        </Button>
      </div>
      <FormError problem={trial.problem} />
      {trial.view && !trial.isCurrent && (
        <Callout tone="quiet" title="The draft has changed since">
          <p>What stands below is of the draft as it was then.</p>
        </Callout>
      )}
      {trial.view && (
        <div className={classes.result} data-old={!trial.isCurrent || undefined}>
          <TrialResult trial={trial.view} workspace={slug} />
        </div>
      )}
    </section>
  );
}
