import { NumberInput } from "@mantine/core";

import type { Json } from "@/components/ui/JsonView";

import { ROLES } from "../workspaces/roles";
import { ChoicesField } from "./ChoicesField";
import classes from "./Fields.module.css";
import { approversOf } from "./settings";
import type { PeopleChoices } from "./usePeopleChoices";

export interface ApproversFieldProps {
  label: string;
  description: string | undefined;
  value: Json | undefined;
  people: PeopleChoices;
  error: string | undefined;
  onChange: (value: Json) => void;
}

const ROLE_CHOICES = ROLES.map(({ role, label }) => ({ value: role, label }));
const COUNT_MAX = 20;

/** Who may approve, and how many of them must. Nobody chosen: everybody whose role may decide approvals. */
export function ApproversField({ label, description, value, people, error, onChange }: ApproversFieldProps) {
  const approvers = approversOf(value);
  const change = (changed: Partial<typeof approvers>) => {
    const next = { ...approvers, ...changed };
    onChange({ roles: [...next.roles], groups: [...next.groups], people: [...next.people], count: next.count });
  };
  return (
    <fieldset className={classes.part}>
      <legend>{label}</legend>
      {description !== undefined && <p className={classes.hint}>{description} Never the requester.</p>}
      <div className={classes.grid}>
        <ChoicesField label="Roles" choices={ROLE_CHOICES} chosen={approvers.roles} onChange={(roles) => change({ roles })} />
        <ChoicesField
          label="Groups"
          choices={people.groups}
          chosen={approvers.groups}
          nothingFound="No group by that name."
          onChange={(groups) => change({ groups })}
        />
        <ChoicesField
          label="People"
          choices={people.members}
          chosen={approvers.people}
          nothingFound="No member by that name."
          onChange={(chosen) => change({ people: chosen })}
        />
        <NumberInput
          label="How many must approve"
          min={1}
          max={COUNT_MAX}
          allowDecimal={false}
          value={approvers.count}
          onChange={(count) => {
            if (typeof count === "number") change({ count });
          }}
        />
      </div>
      {approvers.roles.length + approvers.groups.length + approvers.people.length === 0 && (
        <p className={classes.hint}>Nobody is named: everybody whose role may decide approvals can.</p>
      )}
      {error !== undefined && (
        <p role="alert" className={classes.error}>
          {error}
        </p>
      )}
    </fieldset>
  );
}
