import { IconPlus, IconStack2 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";

import type { ToolsetView } from "@/api/generated/schema";
import { CopyField } from "@/components/ui/CopyField";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { EmptyState } from "@/components/ui/EmptyState";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { LinkButton } from "@/components/ui/LinkButton";
import { PageHeader } from "@/components/ui/PageHeader";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { Offering } from "./Offering";
import { toolsetsQuery } from "./toolsetQueries";
import classes from "./Toolsets.module.css";

export function ToolsetsPage() {
  const { slug: workspace } = useWorkspace();
  const { data, error, refetch } = useQuery(toolsetsQuery(workspace));
  return (
    <>
      <PageHeader
        title="Toolsets"
        description="Selections of tools, each with an address of its own: ChatGPT chooses better among a few tools than among hundreds."
        actions={<NewToolset workspace={workspace} />}
      />
      <DataTable
        name="Toolsets"
        columns={COLUMNS}
        rows={data?.items}
        rowKey={({ id }) => id}
        rowHref={({ name: toolset }) => paths.toolset({ workspace, toolset })}
        error={error}
        onRetry={() => void refetch()}
        empty={
          <EmptyState icon={IconStack2} title="No toolsets yet" action={<NewToolset workspace={workspace} />}>
            Pick the tools that belong to one kind of work, then connect ChatGPT to the toolset’s address instead of the
            workspace’s.
          </EmptyState>
        }
      />
      <Offering workspace={workspace} />
    </>
  );
}

function NewToolset({ workspace }: { workspace: string }) {
  const whyNot = useWhyNot("connections:write");
  const icon = <IconPlus size={15} stroke={2} aria-hidden />;
  return whyNot === undefined ? (
    <LinkButton to={paths.newToolset({ workspace })} leftSection={icon}>
      New toolset
    </LinkButton>
  ) : (
    <GuardedButton whyNot={whyNot} leftSection={icon}>
      New toolset
    </GuardedButton>
  );
}

const COLUMNS: readonly Column<ToolsetView>[] = [
  {
    key: "name",
    header: "Toolset",
    width: "24%",
    cell: ({ title, name }) => (
      <span className={classes.name}>
        {title}
        <code>{name}</code>
      </span>
    ),
  },
  {
    key: "tools",
    header: "Tools",
    width: "6rem",
    align: "right",
    cell: ({ count }) => (
      <>
        {count}
        <span className={classes.unit}> {count === 1 ? "tool" : "tools"}</span>
      </>
    ),
  },
  {
    key: "tokens",
    header: "Tokens",
    width: "7rem",
    align: "right",
    isSecondary: true,
    cell: ({ tokens, offering }) => (offering === "search" ? "on demand" : `≈ ${tokens.toLocaleString("en")}`),
  },
  {
    key: "endpoint",
    header: "Address",
    isLong: true,
    cell: ({ endpoint, title }) => <CopyField label={`Address of ${title}`} isLabelHidden value={endpoint} />,
  },
];
