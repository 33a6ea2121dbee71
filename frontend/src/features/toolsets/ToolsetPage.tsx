import { notifications } from "@mantine/notifications";
import { useDisclosure } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { failureOf } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { ToolLine, ToolsetView } from "@/api/generated/schema";
import { NotFound } from "@/components/NotFound";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { CopyField } from "@/components/ui/CopyField";
import { Crumbs } from "@/components/ui/Crumbs";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { PageHeader } from "@/components/ui/PageHeader";
import { Pending } from "@/components/ui/Pending";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { refreshToolsets, toolLinesQuery, toolsetsQuery } from "./toolsetQueries";
import classes from "./Toolsets.module.css";

const ToolsetForm = lazy(() => import("./ToolsetForm"));

export function ToolsetPage() {
  const { toolset: name } = getRouteApi("/w/$workspace/toolsets/$toolset").useParams();
  const { slug: workspace } = useWorkspace();
  const toolsets = useQuery(toolsetsQuery(workspace));
  const tools = useQuery(toolLinesQuery(workspace));
  const toolset = toolsets.data?.items.find((one) => one.name === name);
  if (toolsets.data && !toolset) return <NotFound />;
  return (
    <>
      <Crumbs above={[{ label: "Toolsets", href: paths.toolsets({ workspace }) }]} />
      {toolset && tools.data ? (
        <Toolset key={toolset.id} workspace={workspace} toolset={toolset} tools={tools.data.items} />
      ) : (
        <Pending
          skeleton={<DetailSkeleton />}
          error={failureOf(toolsets) ?? failureOf(tools)}
          onRetry={() => {
            void toolsets.refetch();
            void tools.refetch();
          }}
        />
      )}
    </>
  );
}

interface ToolsetProps {
  workspace: string;
  toolset: ToolsetView;
  tools: readonly ToolLine[];
}

function Toolset({ workspace, toolset, tools }: ToolsetProps) {
  const whyNot = useWhyNot("connections:write");
  const queryClient = useQueryClient();
  return (
    <>
      <PageHeader
        title={toolset.title}
        description="Connect ChatGPT to this address instead of the workspace’s. The workspace’s policies, approvals and budgets apply there too."
        actions={<DeleteToolset workspace={workspace} toolset={toolset} whyNot={whyNot} />}
      />
      <div className={classes.address}>
        <CopyField label="MCP endpoint" value={toolset.endpoint} />
        <p className={classes.words}>
          Enter it in ChatGPT where you would enter the workspace’s address:{" "}
          <Link to={paths.connectChatGpt({ workspace })}>how to connect ChatGPT</Link>.
        </p>
      </div>
      <Suspense fallback={<DetailSkeleton />}>
        <ToolsetForm
          toolset={toolset}
          tools={tools}
          whyNot={whyNot}
          onSave={async ({ name, ...body }) => {
            await api.PATCH("/api/workspaces/{workspace}/toolsets/{name}", { params: { path: { workspace, name } }, body });
            await refreshToolsets(queryClient, workspace);
            notifications.show({ message: `${body.title} was saved. ChatGPT sees the change after Refresh in its settings.` });
          }}
        />
      </Suspense>
    </>
  );
}

function DeleteToolset({ workspace, toolset, whyNot }: Omit<ToolsetProps, "tools"> & { whyNot: string | undefined }) {
  const [isAsking, question] = useDisclosure(false);
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  return (
    <>
      <GuardedButton whyNot={whyNot} variant="outline" color="red" onClick={question.open}>
        Delete toolset
      </GuardedButton>
      <ConfirmDialog
        isOpen={isAsking}
        verb="Delete toolset"
        name={toolset.name}
        consequences={[
          "Its address stops answering at once; apps that are connected to it have to be connected to another one.",
          "The tools themselves stay as they are.",
        ]}
        onConfirm={async () => {
          const path = { workspace, name: toolset.name };
          await api.DELETE("/api/workspaces/{workspace}/toolsets/{name}", { params: { path } });
          await navigate({ to: paths.toolsets({ workspace }) });
          await refreshToolsets(queryClient, workspace);
        }}
        onClose={question.close}
      />
    </>
  );
}
