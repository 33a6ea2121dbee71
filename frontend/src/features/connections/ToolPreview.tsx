import { Button, Textarea } from "@mantine/core";
import { useState } from "react";

import { type ApiProblem, asProblem } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { CallPreview, ToolView } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import type { Json } from "@/components/ui/JsonView";

import { useWorkspace } from "../workspaces/useWorkspace";
import { argumentsIn, exampleArguments } from "./exampleArguments";
import { PreviewResult } from "./PreviewResult";
import drawerClasses from "./ToolDrawer.module.css";
import classes from "./ToolPreview.module.css";

export interface ToolPreviewProps {
  tool: ToolView;
  /** The tool's input schema. */
  schema: Json | undefined;
}

/** “What would this call do?”: everything that a call passes through is asked, and nothing is sent, counted or spent. */
export function ToolPreview({ tool, schema }: ToolPreviewProps) {
  const { slug } = useWorkspace();
  const [text, setText] = useState(() => exampleArguments(schema));
  const [found, setFound] = useState<{ preview?: CallPreview; problem?: ApiProblem }>({});
  const [isPending, setPending] = useState(false);
  const given = argumentsIn(text);

  async function ask() {
    if ("fault" in given || isPending) return;
    setPending(true);
    try {
      const body = { tool: tool.full_name, arguments: given.arguments };
      const { data } = await api.POST("/api/workspaces/{workspace}/preview", { params: { path: { workspace: slug } }, body });
      setFound({ ...(data && { preview: data }) });
    } catch (error) {
      setFound({ problem: asProblem(error) });
    } finally {
      setPending(false);
    }
  }

  return (
    <section aria-labelledby="preview">
      <h3 id="preview" className={drawerClasses.heading}>
        What would this call do?
      </h3>
      <form
        className={classes.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void ask();
        }}
      >
        <Textarea
          label="Arguments (JSON)"
          description="Judged as if you had made this call. Nothing is sent to the service, counted, spent or asked."
          classNames={INPUT}
          rows={Math.min(12, text.split("\n").length + 1)}
          spellCheck={false}
          value={text}
          error={"fault" in given ? given.fault : undefined}
          onChange={(event) => {
            setText(event.currentTarget.value);
          }}
        />
        <Button type="submit" variant="default" loading={isPending} disabled={"fault" in given}>
          Show what it would do
        </Button>
        <FormError problem={found.problem} />
        {found.preview && <PreviewResult preview={found.preview} />}
      </form>
    </section>
  );
}

const INPUT = { input: classes.input ?? "" };
