import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "@/api/client";
import type { InvitationView } from "@/api/generated/schema";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { useLast } from "@/components/ui/useLast";

import { useSession } from "../identity/session";
import { invitationsQuery, refreshPeople } from "./memberQueries";
import classes from "./MembersPage.module.css";
import { labelOf } from "./roles";

export interface InvitationsSectionProps {
  workspace: string;
  /** Why the person does not see them. */
  whyNot: string | undefined;
}

/** Invitations that nobody has accepted yet. */
export function InvitationsSection({ workspace, whyNot }: InvitationsSectionProps) {
  return (
    <section className={classes.section} aria-labelledby="invitations">
      <h2 id="invitations" className={classes.heading}>
        Open invitations
      </h2>
      {whyNot === undefined ? (
        <Invitations workspace={workspace} />
      ) : (
        <p className={classes.quiet}>Only admins and owners see them.</p>
      )}
    </section>
  );
}

function Invitations({ workspace }: { workspace: string }) {
  const { installation } = useSession();
  const { data, error, refetch } = useQuery(invitationsQuery(workspace));
  const [revoking, setRevoking] = useState<InvitationView>();
  return (
    <>
      <DataTable
        name="Open invitations"
        columns={columnsOf(installation.mail, setRevoking)}
        rows={data}
        rowKey={({ id }) => id}
        error={error}
        onRetry={() => void refetch()}
        empty={<p className={classes.quiet}>None. An invitation stands here until it is accepted, for seven days.</p>}
      />
      <RevokeDialog
        workspace={workspace}
        invitation={revoking}
        onClose={() => {
          setRevoking(undefined);
        }}
      />
    </>
  );
}

function columnsOf(isMailed: boolean, onRevoke: (invitation: InvitationView) => void): Column<InvitationView>[] {
  return [
    { key: "email", header: "E-mail", cell: ({ email }) => <span title={email}>{email}</span> },
    { key: "role", header: "Role", width: "7rem", cell: ({ role }) => labelOf(role) },
    {
      key: "by",
      header: "Invited by",
      width: "11rem",
      isSecondary: true,
      cell: ({ invited_by: by }) => <span className={classes.cell}>{by ?? "somebody who has left"}</span>,
    },
    {
      key: "letter",
      header: "Letter",
      width: "12rem",
      isSecondary: true,
      cell: (invitation) => <span className={classes.cell}>{<Letter isMailed={isMailed} at={invitation.mailed_at} />}</span>,
    },
    {
      key: "expires",
      header: "Expires",
      width: "8rem",
      cell: ({ expires_at: at }) => (
        <span className={classes.cell}>
          <RelativeTime at={at} />
        </span>
      ),
    },
    {
      key: "revoke",
      header: "",
      width: "7rem",
      align: "right",
      cell: (invitation) => (
        <Button
          variant="default"
          size="compact-xs"
          aria-label={`Revoke the invitation of ${invitation.email}`}
          onClick={() => {
            onRevoke(invitation);
          }}
        >
          Revoke
        </Button>
      ),
    },
  ];
}

function Letter({ isMailed, at }: { isMailed: boolean; at: string | null }) {
  if (at !== null) {
    return (
      <>
        sent <RelativeTime at={at} />
      </>
    );
  }
  return isMailed ? "on its way" : "link in the server’s log";
}

interface RevokeDialogProps {
  workspace: string;
  invitation: InvitationView | undefined;
  onClose: () => void;
}

function RevokeDialog({ workspace, invitation, onClose }: RevokeDialogProps) {
  const queryClient = useQueryClient();
  const shown = useLast(invitation);
  if (!shown) return null;
  return (
    <ConfirmDialog
      isOpen={invitation !== undefined}
      verb="Revoke invitation"
      name={shown.email}
      consequences={["Its link stops working at once.", "You can invite this address again at any time."]}
      onConfirm={async () => {
        await api.DELETE("/api/workspaces/{workspace}/invitations/{invitation_id}", {
          params: { path: { workspace, invitation_id: shown.id } },
        });
        await refreshPeople(queryClient, workspace);
      }}
      onClose={onClose}
    />
  );
}
