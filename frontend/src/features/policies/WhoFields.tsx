import { MultiSelect } from "@mantine/core";

import { ROLES } from "../workspaces/roles";
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
        <MultiSelect
          label="Roles"
          data={ROLE_CHOICES}
          value={draft.roles}
          placeholder={draft.roles.length === 0 ? "Choose roles" : ""}
          error={errorAt(errors, "who.roles")}
          hidePickedOptions
          onChange={(roles) => {
            onChange({ roles });
          }}
        />
        {hasGroups && (
          <MultiSelect
            label="Groups"
            data={withUnknown(people.groups, draft.groups)}
            value={draft.groups}
            placeholder={draft.groups.length === 0 ? "Find groups" : ""}
            error={errorAt(errors, "who.groups")}
            searchable
            hidePickedOptions
            nothingFoundMessage="No group by that name. Groups are made on the Members page."
            onChange={(groups) => {
              onChange({ groups });
            }}
          />
        )}
        <MultiSelect
          label="People"
          data={withUnknown(people.members, draft.people)}
          value={draft.people}
          placeholder={draft.people.length === 0 ? "Find people" : ""}
          error={errorAt(errors, "who.people")}
          searchable
          hidePickedOptions
          nothingFoundMessage="No member by that name."
          onChange={(chosen) => {
            onChange({ people: chosen });
          }}
        />
        <MultiSelect
          label="Only through these apps"
          data={withUnknown(clients, draft.clients)}
          value={draft.clients}
          placeholder={draft.clients.length === 0 ? "Any app" : ""}
          error={errorAt(errors, "who.clients")}
          searchable
          hidePickedOptions
          nothingFoundMessage="No app by that name acts for anybody here."
          onChange={(chosen) => {
            onChange({ clients: chosen });
          }}
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
