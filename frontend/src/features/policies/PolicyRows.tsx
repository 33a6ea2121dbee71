import { ActionIcon } from "@mantine/core";
import { IconArrowDown, IconArrowUp } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import type { PolicyView } from "@/api/generated/schema";
import { StateBadge } from "@/components/ui/StateBadge";
import { paths } from "@/paths";

import { moved, type Step } from "./order";
import classes from "./PolicyRows.module.css";
import { applicationOf, type NameOf, sentenceOf } from "./words";

export interface PolicyRowsProps {
  workspace: string;
  /** What these are, for those who cannot see the heading: "Policies of this workspace". */
  name: string;
  /** In order; all of one scope. */
  policies: readonly PolicyView[];
  nameOf: NameOf;
  onMove: (policy: PolicyView, step: Step) => void;
}

/** Policies in the order in which they judge, each with a sentence and, for those who may, its way up and down. */
export function PolicyRows({ workspace, name, policies, nameOf, onMove }: PolicyRowsProps) {
  return (
    <ol className={classes.rows} aria-label={name}>
      {policies.map((policy) => (
        <li key={policy.id} className={classes.row} data-off={!policy.is_enabled || undefined}>
          <div className={classes.words}>
            <div className={classes.line}>
              <Link to={paths.policy({ workspace, policy: policy.id })} className={classes.link}>
                {policy.name}
              </Link>
              <span className={classes.kind}>{policy.kind_title}</span>
            </div>
            <p className={classes.sentence}>
              {policy.problem === null
                ? sentenceOf(policy, nameOf)
                : `It cannot be read, so calls are refused: ${policy.problem}`}
            </p>
          </div>
          <div className={classes.state}>
            <StateBadge state={policy.problem === null ? applicationOf(policy) : "error"} isPlain />
            <span className={classes.version} title={`Changed ${policy.updated_at.slice(0, 10)}`}>
              v{policy.version}
            </span>
          </div>
          {policy.can_change && (
            <div className={classes.moves}>
              <MoveButton policy={policy} policies={policies} step="up" onMove={onMove} />
              <MoveButton policy={policy} policies={policies} step="down" onMove={onMove} />
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}

interface MoveButtonProps extends Pick<PolicyRowsProps, "policies" | "onMove"> {
  policy: PolicyView;
  step: Step;
}

/** At the end of the list it stays where it is, and is not taken out of the keyboard's way: the focus would be lost. */
function MoveButton({ policy, policies, step, onMove }: MoveButtonProps) {
  const isPossible = moved(policies, policy.id, step) !== undefined;
  const Icon = step === "up" ? IconArrowUp : IconArrowDown;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="sm"
      aria-label={`Move “${policy.name}” ${step}`}
      aria-disabled={!isPossible || undefined}
      data-disabled={!isPossible || undefined}
      onClick={() => {
        if (isPossible) onMove(policy, step);
      }}
    >
      <Icon size={15} stroke={1.75} aria-hidden />
    </ActionIcon>
  );
}
