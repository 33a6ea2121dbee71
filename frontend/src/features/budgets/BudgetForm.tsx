import { Button, Checkbox, MultiSelect, NativeSelect, Radio, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";

import type { BudgetView, Period, Share } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { useSubmit } from "@/components/ui/useSubmit";

import { connectionsQuery } from "../connections/connectionQueries";
import { membersQuery } from "../workspaces/memberQueries";
import { ROLES } from "../workspaces/roles";
import { type BudgetBody, bodyOf, type BudgetDraft, type DraftErrors, draftOf, errorsOf } from "./budgetDraft";
import classes from "./BudgetForm.module.css";
import { PERIODS, SHARES } from "./budgetWords";

export interface BudgetFormProps {
  workspace: string;
  /** The one to change; none: a new one. */
  budget?: BudgetView;
  whyNot: string | undefined;
  onSave: (body: BudgetBody) => Promise<void>;
}

/** What a budget allows and what it counts. What was typed stays when the server refuses. */
export default function BudgetForm({ workspace, budget, whyNot, onSave }: BudgetFormProps) {
  const [draft, setDraft] = useState(() => draftOf(budget));
  const [errors, setErrors] = useState<DraftErrors>({});
  const { submit, problem, isPending } = useSubmit({ setErrors: (said) => setErrors(errorsOf(said)) }, onSave);
  const edit = (changed: Partial<BudgetDraft>) => {
    setDraft({ ...draft, ...changed });
    setErrors(Object.fromEntries(Object.entries(errors).filter(([field]) => !(field in changed))));
  };
  const fields = { draft, errors, edit };
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const checked = bodyOf(draft);
        if ("errors" in checked) setErrors(checked.errors);
        else void submit(checked.body);
      }}
    >
      <fieldset className={classes.fields} disabled={whyNot !== undefined}>
        <AmountFields {...fields} />
        <LimitFields {...fields} />
        <ScopeFields {...fields} workspace={workspace} />
      </fieldset>
      <FormError problem={problem} shownFields={SHOWN_FIELDS} />
      <div>
        {whyNot === undefined ? (
          <Button type="submit" loading={isPending}>
            {budget ? "Save changes" : "Add budget"}
          </Button>
        ) : (
          <GuardedButton whyNot={whyNot}>Save changes</GuardedButton>
        )}
      </div>
    </form>
  );
}

const SHOWN_FIELDS = ["name", "limit_micro_usd", "thresholds", "covers.tools"];

interface FieldsProps {
  draft: BudgetDraft;
  errors: DraftErrors;
  edit: (changed: Partial<BudgetDraft>) => void;
}

function AmountFields({ draft, errors, edit }: FieldsProps) {
  return (
    <>
      <TextInput
        label="Name"
        description="The message of a refusal and every notice names it."
        maxLength={100}
        autoComplete="off"
        value={draft.name}
        error={errors.name}
        onChange={(event) => edit({ name: event.currentTarget.value })}
      />
      <div className={classes.pair}>
        <TextInput
          label="Limit"
          leftSection="$"
          inputMode="decimal"
          autoComplete="off"
          value={draft.limit}
          error={errors.limit}
          onChange={(event) => edit({ limit: event.currentTarget.value })}
        />
        <NativeSelect
          label="Period"
          data={Object.entries(PERIODS).map(([value, { label }]) => ({ value, label }))}
          value={draft.period}
          error={errors.period}
          onChange={(event) => edit({ period: event.currentTarget.value as Period })}
        />
      </div>
      <NativeSelect
        label="Whose amount it is"
        data={Object.entries(SHARES).map(([value, { label }]) => ({ value, label }))}
        value={draft.share}
        error={errors.share}
        onChange={(event) => edit({ share: event.currentTarget.value as Share })}
      />
    </>
  );
}

function LimitFields({ draft, errors, edit }: FieldsProps) {
  return (
    <>
      <Radio.Group
        label="When it is used up"
        value={draft.isHard ? "hard" : "alert"}
        onChange={(chosen) => edit({ isHard: chosen === "hard" })}
      >
        <div className={classes.choices}>
          <Radio
            value="hard"
            label="Refuse further calls"
            description="Before they reach the service. Tools that it counts need a price."
          />
          <Radio value="alert" label="Only tell" description="Calls go on." />
        </div>
      </Radio.Group>
      <TextInput
        label="Tell at"
        description="Percent of the limit, each told once in a period."
        autoComplete="off"
        value={draft.thresholds}
        error={errors.thresholds}
        onChange={(event) => edit({ thresholds: event.currentTarget.value })}
      />
      <Checkbox
        label="In force"
        description="While it is off, it neither counts nor refuses; what was spent meanwhile counts when it is on again."
        checked={draft.isEnabled}
        onChange={(event) => edit({ isEnabled: event.currentTarget.checked })}
      />
    </>
  );
}

function ScopeFields({ workspace, draft, errors, edit }: FieldsProps & { workspace: string }) {
  const { data: connections } = useQuery(connectionsQuery(workspace));
  const { data: members } = useQuery(membersQuery(workspace));
  return (
    <Group title="Which calls it counts" words="What is left empty means all. What is given must hold together.">
      <MultiSelect
        label="Connections"
        placeholder={draft.connections.length === 0 ? "All" : ""}
        searchable
        hidePickedOptions
        nothingFoundMessage="No connection by that name."
        data={(connections?.items ?? []).map(({ name }) => name)}
        value={draft.connections}
        error={errors.connections}
        onChange={(chosen) => edit({ connections: chosen })}
      />
      <Textarea
        label="Tools"
        description="Full names, one a line; * stands for any text, as in linear-prod_create_*."
        rows={2}
        resize="vertical"
        spellCheck={false}
        classNames={MONO}
        value={draft.tools}
        error={errors.tools}
        onChange={(event) => edit({ tools: event.currentTarget.value })}
      />
      <MultiSelect
        label="Roles of the callers"
        placeholder={draft.roles.length === 0 ? "All" : ""}
        data={ROLES.map(({ role, label }) => ({ value: role, label }))}
        value={draft.roles}
        error={errors.roles}
        onChange={(chosen) => edit({ roles: chosen })}
      />
      <MultiSelect
        label="People"
        placeholder={draft.people.length === 0 ? "Everybody" : ""}
        searchable
        hidePickedOptions
        nothingFoundMessage="No member by that name."
        data={(members ?? []).map(({ user_id: value, name, email }) => ({ value, label: `${name} (${email})` }))}
        value={draft.people}
        error={errors.people}
        onChange={(chosen) => edit({ people: chosen })}
      />
    </Group>
  );
}

const MONO = { input: classes.mono ?? "" };

function Group({ title, words, children }: { title: string; words: string; children: ReactNode }) {
  return (
    <section className={classes.group} aria-labelledby="scope">
      <div>
        <h2 id="scope" className={classes.heading}>
          {title}
        </h2>
        <p className={classes.words}>{words}</p>
      </div>
      {children}
    </section>
  );
}
