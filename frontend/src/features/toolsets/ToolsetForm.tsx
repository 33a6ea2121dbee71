import { Checkbox, Radio, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";

import type { Offering, ToolLine, ToolsetView } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { useSubmit } from "@/components/ui/useSubmit";

import { RuleFields } from "./RuleFields";
import { type Rule, takenIn, tokensOf } from "./selection";
import { ToolPicker } from "./ToolPicker";
import classes from "./Toolsets.module.css";

export interface ToolsetBody {
  name: string;
  title: string;
  description: string;
  has_own_tools: boolean;
  offering: Offering;
  tools: string[];
  rules: Rule[];
  left_out: string[];
}

export interface ToolsetFormProps {
  /** The one to change; none: a new one. */
  toolset?: ToolsetView;
  tools: readonly ToolLine[];
  whyNot: string | undefined;
  onSave: (body: ToolsetBody) => Promise<void>;
}

/** What a toolset is called, how it is offered, and what is in it. What was typed stays when the server refuses. */
export default function ToolsetForm({ toolset, tools, whyNot, onSave }: ToolsetFormProps) {
  const [draft, setDraft] = useState(() => draftOf(toolset));
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const { submit, problem, isPending } = useSubmit({ setErrors }, onSave);
  const edit = (changed: Partial<ToolsetBody>) => {
    setDraft({ ...draft, ...changed });
    setErrors({});
  };
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit(draft);
      }}
    >
      <fieldset className={classes.fields} disabled={whyNot !== undefined}>
        <NameFields draft={draft} errors={errors} isNew={toolset === undefined} edit={edit} />
        <OfferingFields draft={draft} edit={edit} />
      </fieldset>
      <fieldset className={classes.whole} disabled={whyNot !== undefined}>
        <legend data-visually-hidden="">Tools</legend>
        <RuleFields rules={draft.rules} tools={tools} onChange={(rules) => edit({ rules: [...rules] })} />
        <ToolPicker
          selection={draft}
          tools={tools}
          onChange={({ tools: picked, left_out: leftOut }) => edit({ tools: [...picked], left_out: [...leftOut] })}
        />
      </fieldset>
      <FormError problem={problem} shownFields={["name", "title"]} />
      <div className={classes.footer}>
        <GuardedButton type="submit" whyNot={whyNot} loading={isPending}>
          {toolset ? "Save changes" : "Create toolset"}
        </GuardedButton>
        <Sum draft={draft} tools={tools} />
      </div>
    </form>
  );
}

interface FieldsProps {
  draft: ToolsetBody;
  edit: (changed: Partial<ToolsetBody>) => void;
}

function NameFields({ draft, errors, isNew, edit }: FieldsProps & { errors: Readonly<Record<string, string>>; isNew: boolean }) {
  return (
    <>
      <TextInput
        label="Title"
        description="What people see, in ChatGPT too."
        maxLength={100}
        autoComplete="off"
        value={draft.title}
        error={errors.title}
        onChange={(event) => {
          const title = event.currentTarget.value;
          const follows = isNew && draft.name === nameOf(draft.title);
          edit(follows ? { title, name: nameOf(title) } : { title });
        }}
      />
      {isNew && (
        <TextInput
          label="Name in the address"
          description="Lower-case letters, digits and hyphens. It stays as it is, because clients are connected to it."
          autoComplete="off"
          maxLength={40}
          value={draft.name}
          error={errors.name}
          onChange={(event) => edit({ name: event.currentTarget.value })}
        />
      )}
      <Textarea
        label="What it is for"
        description="ChatGPT reads this before it chooses a tool."
        rows={2}
        resize="vertical"
        maxLength={500}
        value={draft.description}
        onChange={(event) => edit({ description: event.currentTarget.value })}
      />
    </>
  );
}

function OfferingFields({ draft, edit }: FieldsProps) {
  return (
    <>
      <Radio.Group label="How its tools are offered" value={draft.offering} onChange={(chosen) => edit({ offering: chosen })}>
        <Radio value="all" mt="xs" label="All tools" description="ChatGPT sees each tool by itself. Best up to a few dozen." />
        <Radio
          value="search"
          mt="xs"
          label="Find and run"
          description="ChatGPT searches for what it needs, and runs it with one of three tools: one for reading, one for writing, one for destroying. So it still asks before changes. Best for hundreds."
        />
      </Radio.Group>
      <Checkbox
        label="Conducktor’s own tools too"
        description="To look at connections, approvals, usage and the like from the chat."
        checked={draft.has_own_tools}
        onChange={(event) => edit({ has_own_tools: event.currentTarget.checked })}
      />
    </>
  );
}

function Sum({ draft, tools }: { draft: ToolsetBody; tools: readonly ToolLine[] }) {
  const taken = takenIn(draft, tools);
  const count = `${String(taken.length)} ${taken.length === 1 ? "tool" : "tools"}`;
  return (
    <output className={classes.words}>
      {draft.offering === "search"
        ? `ChatGPT would find ${count}, and see only four tools to find and run them with.`
        : `ChatGPT would see ${count}, about ${tokensOf(taken).toLocaleString("en")} tokens of each conversation.`}
    </output>
  );
}

function draftOf(toolset: ToolsetView | undefined): ToolsetBody {
  return {
    name: toolset?.name ?? "",
    title: toolset?.title ?? "",
    description: toolset?.description ?? "",
    has_own_tools: toolset?.has_own_tools ?? false,
    offering: toolset?.offering ?? "all",
    tools: toolset?.tools ?? [],
    rules: (toolset?.rules ?? []) as Rule[],
    left_out: toolset?.left_out ?? [],
  };
}

/** A title as a name in an address. */
function nameOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 40);
}
