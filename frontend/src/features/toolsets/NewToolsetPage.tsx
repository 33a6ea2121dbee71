import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { failureOf } from "@/api/ApiProblem";
import { api } from "@/api/client";
import { Crumbs } from "@/components/ui/Crumbs";
import { ForbiddenState } from "@/components/ui/ErrorState";
import { PageHeader } from "@/components/ui/PageHeader";
import { Pending } from "@/components/ui/Pending";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { refreshToolsets, toolLinesQuery } from "./toolsetQueries";

const ToolsetForm = lazy(() => import("./ToolsetForm"));

export function NewToolsetPage() {
  const { slug: workspace } = useWorkspace();
  const whyNot = useWhyNot("connections:write");
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const query = useQuery(toolLinesQuery(workspace));
  if (whyNot !== undefined) return <ForbiddenState nextStep={whyNot} />;
  return (
    <>
      <Crumbs above={[{ label: "Toolsets", href: paths.toolsets({ workspace }) }]} />
      <PageHeader title="New toolset" description="A selection of this workspace’s tools, with an address of its own." />
      {query.data === undefined ? (
        <Pending skeleton={<DetailSkeleton />} error={failureOf(query)} onRetry={() => void query.refetch()} />
      ) : (
        <Suspense fallback={<DetailSkeleton />}>
          <ToolsetForm
            tools={query.data.items}
            whyNot={undefined}
            onSave={async ({ title, description, ...body }) => {
              await api.POST("/api/workspaces/{workspace}/toolsets", {
                params: { path: { workspace } },
                body: { ...body, ...(title && { title }), ...(description && { description }) },
              });
              await refreshToolsets(queryClient, workspace);
              notifications.show({ message: `The toolset ${title || body.name} is ready to be connected.` });
              await navigate({ to: paths.toolset({ workspace, toolset: body.name }) });
            }}
          />
        </Suspense>
      )}
    </>
  );
}
