import { Button, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "@/api/client";
import type { ToolView } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { PlainText } from "@/components/ui/PlainText";
import { useSubmit } from "@/components/ui/useSubmit";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { refreshConnections } from "./connectionQueries";
import { FoldedText } from "./FoldedText";
import classes from "./ToolWording.module.css";

/** What the tool says of itself, here and by its server, and the way to say it otherwise. */
export function ToolWording({ tool }: { tool: ToolView }) {
  const whyNot = useWhyNot("connections:write");
  const [isOpen, setOpen] = useState(false);
  const isDescribed = tool.title_here !== null || tool.description_here !== null;
  return (
    <section className={classes.wording} aria-labelledby="tool-description">
      <h3 id="tool-description" className={classes.heading}>
        Description
      </h3>
      {isDescribed && (
        <Words label="Described here as" title={tool.title_here} description={tool.description_here} none="as the service says" />
      )}
      <Words
        label={isDescribed ? "The service says" : undefined}
        title={isDescribed ? tool.title : null}
        description={tool.description}
        none="The server gives none."
      />
      {isOpen ? (
        <WordingForm
          tool={tool}
          onDone={() => {
            setOpen(false);
          }}
        />
      ) : (
        <div className={classes.buttons}>
          <GuardedButton
            whyNot={whyNot}
            variant="default"
            size="xs"
            onClick={() => {
              setOpen(true);
            }}
          >
            {isDescribed ? "Change what it says here" : "Describe it in your own words"}
          </GuardedButton>
        </div>
      )}
    </section>
  );
}

interface WordsProps {
  label: string | undefined;
  title: string | null;
  description: string | null;
  /** Said where there is no description. */
  none: string;
}

function Words({ label, title, description, none }: WordsProps) {
  return (
    <div>
      {label !== undefined && <div className={classes.label}>{label}</div>}
      {title !== null && (
        <p className={classes.title}>
          <PlainText text={title} />
        </p>
      )}
      <p className={classes.description}>{description === null ? none : <FoldedText text={description} />}</p>
    </div>
  );
}

const FIELDS = ["title", "description"];

function WordingForm({ tool, onDone }: { tool: ToolView; onDone: () => void }) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const [title, setTitle] = useState(tool.title_here ?? "");
  const [description, setDescription] = useState(tool.description_here ?? "");
  const [errors, setErrors] = useState<Record<string, string>>({});
  const { submit, problem, isPending } = useSubmit(
    { setErrors },
    async (body: Record<"title" | "description", string | null>) => {
      const path = { workspace: slug, tool_id: tool.id };
      await api.PUT("/api/workspaces/{workspace}/tools/{tool_id}/description", { params: { path }, body });
      await refreshConnections(queryClient, slug);
      onDone();
    },
  );
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setErrors({});
        void submit({ title, description });
      }}
    >
      <TextInput
        label="Own title"
        placeholder={tool.title ?? undefined}
        value={title}
        error={errors.title}
        onChange={(event) => {
          setTitle(event.currentTarget.value);
        }}
      />
      <Textarea
        label="Own description"
        description="ChatGPT chooses tools by it, and shows it. Empty: what the service says. ChatGPT shows a change after Refresh."
        rows={5}
        value={description}
        error={errors.description}
        onChange={(event) => {
          setDescription(event.currentTarget.value);
        }}
      />
      <FormError problem={problem} shownFields={FIELDS} />
      <div className={classes.buttons}>
        <Button type="submit" size="xs" loading={isPending}>
          Save
        </Button>
        {(tool.title_here !== null || tool.description_here !== null) && (
          <Button
            variant="default"
            size="xs"
            disabled={isPending}
            onClick={() => void submit({ title: null, description: null })}
          >
            Use the service’s own
          </Button>
        )}
        <Button variant="subtle" size="xs" disabled={isPending} onClick={onDone}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
