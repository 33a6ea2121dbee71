import { IconApps } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "@/api/client";
import type { AuthorizationView } from "@/api/generated/schema";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { EmptyState } from "@/components/ui/EmptyState";
import { LinkButton } from "@/components/ui/LinkButton";
import { PageHeader } from "@/components/ui/PageHeader";
import { useLast } from "@/components/ui/useLast";
import { paths } from "@/paths";

import { useWorkspace } from "../workspaces/useWorkspace";
import { authorizationsQuery } from "./authorizationQueries";
import { AuthorizationsTable } from "./AuthorizationsTable";

export function AuthorizationsPage() {
  const { slug, permissions } = useWorkspace();
  const { data, error, refetch } = useQuery(authorizationsQuery(slug));
  const [revoking, setRevoking] = useState<AuthorizationView>();
  return (
    <>
      <PageHeader
        title="Authorized apps"
        description={
          permissions.includes("authorizations:manage")
            ? "The apps that act for people in this workspace, and what each may do."
            : "The apps that act for you in this workspace. Admins and owners see everybody’s."
        }
        actions={
          <LinkButton to={paths.connectChatGpt({ workspace: slug })} variant="default">
            Connect ChatGPT
          </LinkButton>
        }
      />
      <AuthorizationsTable
        rows={data?.items}
        error={error}
        onRetry={() => void refetch()}
        onRevoke={setRevoking}
        empty={<NoApps workspace={slug} />}
      />
      <RevokeDialog
        workspace={slug}
        authorization={revoking}
        onClose={() => {
          setRevoking(undefined);
        }}
      />
    </>
  );
}

function NoApps({ workspace }: { workspace: string }) {
  return (
    <EmptyState
      icon={IconApps}
      title="No app acts for you here"
      action={<LinkButton to={paths.connectChatGpt({ workspace })}>Connect ChatGPT</LinkButton>}
    >
      When you authorize ChatGPT or another app, it stands here with what it may do, until you revoke it. An app never gets your
      password, and never more than your own role allows.
    </EmptyState>
  );
}

interface RevokeDialogProps {
  workspace: string;
  authorization: AuthorizationView | undefined;
  onClose: () => void;
}

function RevokeDialog({ workspace, authorization, onClose }: RevokeDialogProps) {
  const queryClient = useQueryClient();
  const shown = useLast(authorization);
  if (!shown) return null;
  const who = shown.is_own ? "you" : shown.person;
  return (
    <ConfirmDialog
      isOpen={authorization !== undefined}
      verb="Revoke"
      name={shown.client.name}
      consequences={[
        `It can no longer act for ${who} in this workspace: its tokens stop working everywhere within a second.`,
        `To use it again, ${shown.is_own ? "you have" : `${shown.person} has`} to authorize it again.`,
        "What it has done stays in the audit.",
      ]}
      onConfirm={async () => {
        await api.DELETE("/api/workspaces/{workspace}/authorizations/{authorization_id}", {
          params: { path: { workspace, authorization_id: shown.id } },
        });
        await queryClient.invalidateQueries({ queryKey: authorizationsQuery(workspace).queryKey });
      }}
      onClose={onClose}
    />
  );
}
