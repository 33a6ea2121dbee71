import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter, useRouterState } from "@tanstack/react-router";

import { api } from "@/api/client";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { invitationQuery } from "./accountQueries";
import { AuthLayout } from "./AuthLayout";
import { InvitationGonePage, InvitationPage } from "./InvitationPage";
import { refreshSession, useSession, useSignOut } from "./session";

export function InvitationRoute() {
  const { token } = getRouteApi("/invitation").useSearch();
  return token === undefined ? <InvitationGonePage /> : <Invitation token={token} />;
}

function Invitation({ token }: { token: string }) {
  const { user } = useSession();
  const here = useRouterState({ select: (state) => state.location.href });
  const signOut = useSignOut();
  const enter = useEnterWorkspace();
  const { data, error, refetch } = useQuery(invitationQuery(token));
  const retry = () => void refetch();
  if (!data) return <Waiting error={error} onRetry={retry} />;
  return (
    <InvitationPage
      here={here}
      invitation={data}
      user={user}
      onAccept={async () => {
        const accepted = await api.POST("/api/invitations/accept", { body: { token } });
        await enter(accepted.data?.slug);
      }}
      onSignUp={async ({ name, password }) => {
        await api.POST("/api/sign-up", { body: { name, password, email: data.email, invitation: token } });
        await enter(undefined);
      }}
      onSwitchAccount={() => void signOut(here)}
    />
  );
}

function Waiting({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (error) return <InvitationGonePage error={error} onRetry={onRetry} />;
  return (
    <AuthLayout title="Invitation">
      <DetailSkeleton />
    </AuthLayout>
  );
}

/** Takes note of the new membership and goes to its workspace; a new account has only one. */
function useEnterWorkspace(): (slug: string | undefined) => Promise<void> {
  const queryClient = useQueryClient();
  const router = useRouter();
  return async (slug) => {
    const { workspaces } = await refreshSession(queryClient);
    const found = slug ?? workspaces[0]?.slug;
    await router.navigate({ to: found === undefined ? paths.home() : paths.overview({ workspace: found }) });
  };
}
