import { Radio } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { type ApiProblem, asProblem, failureOf } from "@/api/ApiProblem";
import { Callout } from "@/components/ui/Callout";
import { ErrorState } from "@/components/ui/ErrorState";
import { FormError } from "@/components/ui/FormError";
import { PageSection } from "@/components/ui/PageSection";

import { countOf } from "../connections/attention";
import { settingsQuery, useChangeSettings } from "../workspaces/settingsQueries";
import { useWhyNot } from "../workspaces/useWorkspace";
import { tokensOf } from "./selection";
import { toolLinesQuery } from "./toolsetQueries";

const MANY = 60;

/** How the address of the whole workspace offers its tools, with a hint where they are many. */
export function Offering({ workspace }: { workspace: string }) {
  const asked = useQuery(settingsQuery(workspace));
  const listed = useQuery(toolLinesQuery(workspace));
  const { data: settings } = asked;
  const { data: tools } = listed;
  const whyNot = useWhyNot("workspace:write");
  const change = useChangeSettings(workspace);
  const [problem, setProblem] = useState<ApiProblem>();
  if (!settings || !tools) {
    const failure = failureOf(asked) ?? failureOf(listed);
    const retry = () => void Promise.all([asked.refetch(), listed.refetch()]);
    return failure ? <ErrorState error={failure} onRetry={retry} /> : null;
  }
  const count = tools.items.length;
  return (
    <PageSection
      title="The whole workspace"
      words={
        count === 0
          ? "What ChatGPT sees at the workspace’s own address: no tools yet, because no connection offers any."
          : `What ChatGPT sees at the workspace’s own address: ${countOf(count, "tool")}, with all definitions about ${tokensOf(tools.items).toLocaleString("en")} tokens of each conversation.`
      }
    >
      {settings.offering === "all" && count > MANY && (
        <Callout tone="warn" title={`ChatGPT chooses badly among ${countOf(count, "tool")}`}>
          <p>Choose Find and run below, or make a toolset and connect ChatGPT to that.</p>
        </Callout>
      )}
      <FormError problem={problem} />
      <Radio.Group
        label="How its tools are offered"
        description={whyNot}
        value={settings.offering}
        onChange={(chosen) => {
          setProblem(undefined);
          change({ offering: chosen }).catch((error: unknown) => setProblem(asProblem(error)));
        }}
      >
        <Radio
          value="all"
          mt="xs"
          disabled={whyNot !== undefined}
          label="All tools"
          description="ChatGPT sees each tool by itself."
        />
        <Radio
          value="search"
          mt="xs"
          disabled={whyNot !== undefined}
          label="Find and run"
          description="ChatGPT searches for what it needs, and runs it with one of three tools: one for reading, one for writing, one for destroying. So it still asks before changes."
        />
      </Radio.Group>
    </PageSection>
  );
}
