import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { type ApiProblem, asProblem } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { ConnectionView, ToolView } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";

import { useWorkspace } from "../workspaces/useWorkspace";
import { refreshConnections } from "./connectionQueries";
import classes from "./ToolDecisions.module.css";

export interface ToolDecisionsProps {
  connection: ConnectionView;
  /** What is ticked in the table. */
  tools: readonly ToolView[];
  onDone: () => void;
}

/** What is done to several tools at once. */
export function ToolDecisions({ connection, tools, onDone }: ToolDecisionsProps) {
  const { slug } = useWorkspace();
  const path = { workspace: slug, name: connection.name };
  const { busy, problem, run } = useDecisions(slug, onDone);
  const waiting = tools.filter(({ state }) => state === "quarantined");
  return (
    <div className={classes.bar} role="group" aria-label="Selected tools">
      <span>{tools.length} selected</span>
      <Button variant="default" size="xs" loading={busy} onClick={() => void run(() => switched(tools, true))}>
        Turn on
      </Button>
      <Button variant="default" size="xs" loading={busy} onClick={() => void run(() => switched(tools, false))}>
        Turn off
      </Button>
      {waiting.length > 0 && (
        <Button size="xs" loading={busy} onClick={() => void run(() => accepted(waiting))}>
          Accept {waiting.length} as shown
        </Button>
      )}
      <FormError problem={problem} />
    </div>
  );

  async function switched(chosen: readonly ToolView[], isOn: boolean): Promise<string> {
    const body = { tool_ids: chosen.map(({ id }) => id), is_enabled: isOn };
    await api.POST("/api/workspaces/{workspace}/connections/{name}/tools/switch", { params: { path }, body });
    return `${String(chosen.length)} turned ${isOn ? "on" : "off"}. ChatGPT sees the change after Refresh.`;
  }

  async function accepted(chosen: readonly ToolView[]): Promise<string> {
    const body = { tools: chosen.map((tool) => ({ tool_id: tool.id, definition_hash: tool.definition_hash })) };
    const { data } = await api.POST("/api/workspaces/{workspace}/connections/{name}/tools/accept", { params: { path }, body });
    const left = data?.left.length ?? 0;
    const rest = left === 1 ? "1 needs" : `${String(left)} need`;
    return `${String(data?.accepted.length ?? 0)} accepted.${left > 0 ? ` ${rest} a review one by one: suspicious, or changed again meanwhile.` : ""}`;
  }
}

/** Runs one of them, shows anew what came of it, and why if it was refused. */
function useDecisions(workspace: string, onDone: () => void) {
  const queryClient = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  return {
    busy,
    problem,
    run: async (decide: () => Promise<string>) => {
      setBusy(true);
      setProblem(undefined);
      try {
        notifications.show({ message: await decide() });
        onDone();
      } catch (error) {
        setProblem(asProblem(error));
      } finally {
        setBusy(false);
        await refreshConnections(queryClient, workspace);
      }
    },
  };
}
