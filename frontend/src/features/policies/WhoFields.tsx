import { ROLES } from "../workspaces/roles";
import { ChoicesField } from "./ChoicesField";
import { type Draft, errorAt } from "./draft";
import classes from "./Fields.module.css";
import type { Choice } from "./schemaFields";
import type { PeopleChoices } from "./usePeopleChoices";
import { clientOf } from "./words";

export interface WhoFieldsProps {
  draft: Draft;
  errors: Readonly<Record<string, string>>;
  people: PeopleChoices;
  /** The apps that act for people here. */
  clients: readonly Choice[];
  /** Groups belong to one workspace, so a policy for all of them cannot name any. */
  hasGroups: boolean;
  onChange: (changed: Partial<Draft>) => void;
}

const ROLE_CHOICES = ROLES.map(({ role, label }) => ({ value: role, label: `${label}s` }));

/** Whose calls the policy is about. */
export function WhoFields({ draft, errors, people, clients, hasGroups, onChange }: WhoFieldsProps) {
  const isEverybody = draft.roles.length + draft.groups.length + draft.people.length === 0;
  return (
    <fieldset className={classes.part}>
      <legend>Who</legend>
      <p className={classes.hint}>{isEverybody ? "Nobody chosen: it is about everybody." : "Anybody who fits one of them."}</p>
      <div className={classes.grid}>
        <ChoicesField
          label="Roles"
          choices={ROLE_CHOICES}
          chosen={draft.roles}
          placeholder="Choose roles"
          error={errorAt(errors, "who.roles")}
          onChange={(roles) => onChange({ roles })}
        />
        {hasGroups && (
          <ChoicesField
            label="Groups"
            choices={withUnknown(people.groups, draft.groups)}
            chosen={draft.groups}
            placeholder="Find groups"
            error={errorAt(errors, "who.groups")}
            nothingFound="No group by that name. Groups are made on the Members page."
            onChange={(groups) => onChange({ groups })}
          />
        )}
        <ChoicesField
          label="People"
          choices={withUnknown(people.members, draft.people)}
          chosen={draft.people}
          placeholder="Find people"
          error={errorAt(errors, "who.people")}
          nothingFound="No member by that name."
          onChange={(chosen) => onChange({ people: chosen })}
        />
        <ChoicesField
          label="Only through these apps"
          choices={withUnknown(clients, draft.clients)}
          chosen={draft.clients}
          placeholder="Any app"
          error={errorAt(errors, "who.clients")}
          nothingFound="No app by that name acts for anybody here."
          onChange={(chosen) => onChange({ clients: chosen })}
        />
      </div>
    </fieldset>
  );
}

/** What is chosen stays to be seen, also when it is no longer there to be chosen. */
function withUnknown(choices: readonly Choice[], chosen: readonly string[]): Choice[] {
  const known = new Set(choices.map(({ value }) => value));
  const others = chosen.filter((value) => !known.has(value));
  return [...choices, ...others.map((value) => ({ value, label: clientOf(value) }))];
}
