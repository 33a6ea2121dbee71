import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { api } from "@/api/client";
import type { GroupView } from "@/api/generated/schema";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { useLast } from "@/components/ui/useLast";

import { groupsQuery, refreshGroups } from "./groupQueries";
import classes from "./GroupsSection.module.css";
import pageClasses from "./MembersPage.module.css";
import { useWorkspace } from "./useWorkspace";

/** Loaded when first needed: the page is mostly looked at. */
const GroupDialog = lazy(() => import("./GroupDialog"));

/** What the dialog is about: a group, or one to be made. */
type Open = GroupView | "new";

export interface GroupsSectionProps {
  workspace: string;
  whyNot: string | undefined;
}

export function GroupsSection({ workspace, whyNot }: GroupsSectionProps) {
  const isReader = useWorkspace().permissions.includes("members:read");
  const { data, error, refetch } = useQuery({ ...groupsQuery(workspace), enabled: isReader });
  const [open, setOpen] = useState<Open>();
  const [deleting, setDeleting] = useState<GroupView>();
  const lastOpen = useLast(open);
  return (
    <section className={pageClasses.section} aria-labelledby="groups">
      <div className={classes.head}>
        <div>
          <h2 id="groups" className={pageClasses.heading}>
            Groups
          </h2>
          <p className={pageClasses.quiet}>People under one name, so that policies and approvals can speak of them.</p>
        </div>
        <GuardedButton
          whyNot={whyNot}
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} stroke={2} aria-hidden />}
          onClick={() => {
            setOpen("new");
          }}
        >
          New group
        </GuardedButton>
      </div>
      {isReader ? (
        <DataTable
          name="Groups"
          columns={columnsOf(whyNot, setOpen, setDeleting)}
          rows={data}
          rowKey={({ id }) => id}
          error={error}
          onRetry={() => void refetch()}
          empty={<p className={classes.none}>None yet. For example “Finance”, whose people decide about refunds.</p>}
        />
      ) : (
        <p className={classes.none}>Only those who see the members see them.</p>
      )}
      <Suspense>
        {lastOpen && (
          <GroupDialog
            key={lastOpen === "new" ? "new" : lastOpen.id}
            workspace={workspace}
            group={lastOpen === "new" ? undefined : lastOpen}
            isOpen={open !== undefined}
            onClose={() => {
              setOpen(undefined);
            }}
          />
        )}
      </Suspense>
      <DeleteDialog
        workspace={workspace}
        group={deleting}
        onClose={() => {
          setDeleting(undefined);
        }}
      />
    </section>
  );
}

function columnsOf(
  whyNot: string | undefined,
  onOpen: (group: GroupView) => void,
  onDelete: (group: GroupView) => void,
): Column<GroupView>[] {
  return [
    { key: "name", header: "Group", width: "14rem", cell: ({ name }) => <span title={name}>{name}</span> },
    {
      key: "people",
      header: "People",
      isLong: true,
      cell: ({ people }) => {
        const names = people.map(({ name }) => name).join(", ");
        return (
          <span className={classes.people} title={names}>
            {names || "Nobody yet"}
          </span>
        );
      },
    },
    { key: "count", header: "Count", width: "5rem", align: "right", isSecondary: true, cell: ({ people }) => people.length },
    {
      key: "actions",
      header: "",
      width: "10rem",
      align: "right",
      cell: (group) => (
        <span className={classes.actions}>
          <GuardedButton
            variant="default"
            size="compact-xs"
            whyNot={whyNot}
            aria-label={`Edit the group ${group.name}`}
            onClick={() => {
              onOpen(group);
            }}
          >
            Edit
          </GuardedButton>
          {whyNot === undefined && (
            <Button
              variant="default"
              size="compact-xs"
              aria-label={`Delete the group ${group.name}`}
              onClick={() => {
                onDelete(group);
              }}
            >
              Delete
            </Button>
          )}
        </span>
      ),
    },
  ];
}

interface DeleteDialogProps {
  workspace: string;
  group: GroupView | undefined;
  onClose: () => void;
}

function DeleteDialog({ workspace, group, onClose }: DeleteDialogProps) {
  const queryClient = useQueryClient();
  const shown = useLast(group);
  if (!shown) return null;
  return (
    <ConfirmDialog
      isOpen={group !== undefined}
      verb="Delete group"
      name={shown.name}
      consequences={[
        "Policies that name it no longer find anybody in it. Those that allow or refuse only this group stop applying to anyone.",
        "Approvals that only this group may decide can then be decided by nobody, and expire.",
        "Its people stay members of the workspace.",
      ]}
      onConfirm={async () => {
        await api.DELETE("/api/workspaces/{workspace}/groups/{group_id}", {
          params: { path: { workspace, group_id: shown.id } },
        });
        await refreshGroups(queryClient, workspace);
      }}
      onClose={onClose}
    />
  );
}
