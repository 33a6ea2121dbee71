import { Button, NativeSelect, Radio, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import type { KindView } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { LinkButton } from "@/components/ui/LinkButton";
import { useSubmit } from "@/components/ui/useSubmit";

import { useWorkspace } from "../workspaces/useWorkspace";
import { ConditionField } from "./ConditionField";
import { type Draft, errorAt, missingIn, wishOf, withKind } from "./draft";
import classes from "./PolicyEditor.module.css";
import { toolLinesQuery } from "./policyQueries";
import { fieldsOf } from "./schemaFields";
import { SettingsFields } from "./SettingsFields";
import { TrialPanel } from "./TrialPanel";
import { useClientChoices } from "./useClientChoices";
import { usePeopleChoices } from "./usePeopleChoices";
import { WhatFields } from "./WhatFields";
import { WhoFields } from "./WhoFields";
import { APPLICATIONS, applicationOf, changeToApply } from "./words";

export interface PolicyEditorProps {
  kinds: readonly KindView[];
  start: Draft;
  /** The policy that is changed; none: a new one. */
  policy?: string;
  /** Whether the person may say that it is for all workspaces of the organization. */
  canRuleOrganization: boolean;
  saveLabel: string;
  cancelHref: string;
  /** Sends it; what is refused is shown at the fields, and nothing that was typed is lost. */
  onSave: (draft: Draft) => Promise<void>;
}

/** A policy as a form, with what it would have done beside it. */
export default function PolicyEditor({
  kinds,
  start,
  policy,
  canRuleOrganization,
  saveLabel,
  cancelHref,
  onSave,
}: PolicyEditorProps) {
  const { slug } = useWorkspace();
  const [draft, setDraft] = useState(start);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const { submit, problem, isPending } = useSubmit({ setErrors }, onSave);
  const people = usePeopleChoices(slug);
  const clients = useClientChoices(slug);
  const { data: tools } = useQuery(toolLinesQuery(slug));
  const kind = kinds.find((one) => one.kind === draft.kind);

  function change(changed: Partial<Draft>) {
    setDraft((before) => ({ ...before, ...changed }));
    setErrors({});
  }

  function save() {
    const missing = missingIn(draft, kind);
    if (Object.keys(missing).length > 0) setErrors(missing);
    else void submit(draft);
  }

  return (
    <div className={classes.editor}>
      <form
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save();
        }}
      >
        <TextInput
          label="Name"
          description="Denials and approvals mention it."
          maxLength={120}
          autoComplete="off"
          value={draft.name}
          error={errors.name}
          onChange={(event) => {
            change({ name: event.currentTarget.value });
          }}
        />
        <NativeSelect
          label="Kind"
          description={kind?.help}
          data={kinds.map(({ kind: value, title }) => ({ value, label: title }))}
          value={draft.kind}
          error={errorAt(errors, "kind")}
          onChange={(event) => {
            const chosen = kinds.find((one) => one.kind === event.currentTarget.value);
            if (chosen) change(withKind(draft, chosen));
          }}
        />
        <WhoFields
          draft={draft}
          errors={errors}
          people={people}
          clients={clients}
          hasGroups={draft.applies_to === "workspace"}
          onChange={change}
        />
        <WhatFields draft={draft} errors={errors} tools={tools?.items} onChange={change} />
        <fieldset className={classes.then}>
          <legend>Then: {kind?.title.toLowerCase()}</legend>
          <SettingsFields
            key={draft.kind}
            path="settings"
            fields={fieldsOf(kind?.schema)}
            settings={draft.settings}
            errors={errors}
            people={people}
            tools={tools?.items}
            onChange={(settings) => {
              change({ settings });
            }}
          />
        </fieldset>
        <ConditionField
          label="Only where this holds"
          description="A condition in CEL, the Common Expression Language. Empty: always."
          value={draft.condition}
          error={errorAt(errors, "condition")}
          onChange={(condition) => {
            change({ condition });
          }}
        />
        <ApplicationFields draft={draft} onChange={change} />
        {policy === undefined && canRuleOrganization && <ScopeFields draft={draft} onChange={change} />}
        <FormError problem={problem} shownFields={shownOf(errors)} />
        <div className={classes.buttons}>
          <Button type="submit" loading={isPending}>
            {saveLabel}
          </Button>
          <LinkButton variant="subtle" color="gray" to={cancelHref}>
            Cancel
          </LinkButton>
          {Object.keys(errors).length > 0 && !problem && (
            <span role="alert" className={classes.missing}>
              Something is missing above.
            </span>
          )}
        </div>
      </form>
      <aside className={classes.trial}>
        <TrialPanel draft={wishOf(draft)} policy={policy} />
      </aside>
    </div>
  );
}

/** What the server says about these is shown at them; everything else stands above the buttons. */
function shownOf(errors: Readonly<Record<string, string>>): string[] {
  return Object.keys(errors).filter(
    (key) => key === "name" || key === "kind" || key === "condition" || /^(who|what|settings)\./.test(key),
  );
}

interface PartProps {
  draft: Draft;
  onChange: (changed: Partial<Draft>) => void;
}

function ApplicationFields({ draft, onChange }: PartProps) {
  return (
    <Radio.Group
      label="How it is applied"
      value={applicationOf(draft)}
      onChange={(value) => {
        const chosen = APPLICATIONS.find((one) => one.value === value);
        if (chosen) onChange(changeToApply(chosen.value));
      }}
    >
      <div className={classes.choices}>
        {APPLICATIONS.map(({ value, label, means }) => (
          <Radio key={value} value={value} label={label} description={means} />
        ))}
      </div>
    </Radio.Group>
  );
}

function ScopeFields({ draft, onChange }: PartProps) {
  return (
    <Radio.Group
      label="Where"
      value={draft.applies_to}
      onChange={(value) => {
        // Groups belong to one workspace.
        onChange(value === "organization" ? { applies_to: "organization", groups: [] } : { applies_to: "workspace" });
      }}
    >
      <div className={classes.choices}>
        <Radio value="workspace" label="In this workspace" />
        <Radio
          value="organization"
          label="In all workspaces of the organization"
          description="It judges before their own policies, in those that are made later too. Groups cannot be named, as each workspace has its own."
        />
      </div>
    </Radio.Group>
  );
}
