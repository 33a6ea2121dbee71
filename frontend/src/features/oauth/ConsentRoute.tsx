import { Button } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { getRouteApi, useRouterState } from "@tanstack/react-router";

import { asProblem } from "@/api/ApiProblem";
import { api } from "@/api/client";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { AccountsToSignIn } from "@/features/connections/AccountsToSignIn";
import { AuthLayout } from "@/features/identity/AuthLayout";
import { ConfirmAddress } from "@/features/identity/ConfirmAddress";
import { useSignOut } from "@/features/identity/session";

import { type ConsentDecision, type ConsentView } from "./consent";
import { ConsentPage } from "./ConsentPage";

/** The address to which `/oauth/authorize` sends the browser; whoever is signed out has been sent to sign in first. */
export function ConsentRoute() {
  const { request } = getRouteApi("/oauth/consent").useSearch();
  return request === undefined ? <Gone /> : <Consent request={request} />;
}

function Consent({ request }: { request: string }) {
  const here = useRouterState({ select: (state) => state.location.href });
  const signOut = useSignOut();
  const { data, error, refetch } = useQuery(consentQuery(request));
  if (!data) {
    return error ? (
      <Gone error={error} onRetry={() => void refetch()} />
    ) : (
      <AuthLayout title="Authorize">
        <DetailSkeleton />
      </AuthLayout>
    );
  }
  const { user } = data;
  if (!user) return <Gone />;
  const decide = (decision: ConsentDecision) => answer(request, decision);
  if (!data.email_verified)
    return <Unverified client={data.client.name} onCancel={() => void decide({ decision: "cancel" }).then(leave)} />;
  return (
    <ConsentPage
      view={{ ...data, user } satisfies ConsentView}
      onDecide={decide}
      onSwitchAccount={() => void signOut(here)}
      more={({ slug }) => <AccountsToSignIn workspace={slug} part={data.part} />}
      onLeave={(url) => {
        window.location.assign(url);
      }}
    />
  );
}

/** Without a confirmed address nobody can let an app act for them. */
function Unverified({ client, onCancel }: { client: string; onCancel: () => void }) {
  return (
    <AuthLayout
      title="Confirm your e-mail address first"
      description={`Then come back here to authorize ${client}: this page goes on by itself.`}
    >
      <ConfirmAddress />
      <Button variant="subtle" onClick={onCancel}>
        Cancel
      </Button>
    </AuthLayout>
  );
}

/** The request is unknown, used, expired, or belongs to another browser. */
function Gone({ error, onRetry }: { error?: Error; onRetry?: () => void }) {
  const problem = error && asProblem(error);
  return (
    <AuthLayout
      title={problem && !problem.isNotFound ? problem.title : "This request is over"}
      description={problem?.detail ?? "Start again in the app that sent you here."}
    >
      {problem?.nextStep && <p>{problem.nextStep}</p>}
      {problem?.isTransient && onRetry && <Button onClick={onRetry}>Try again</Button>}
    </AuthLayout>
  );
}

/** Asked again until the address is confirmed, perhaps in another window. */
const consentQuery = (request: string) =>
  queryOptions({
    queryKey: ["consent", request],
    queryFn: async () => {
      const { data } = await api.GET("/api/oauth/consent/{request_id}", { params: { path: { request_id: request } } });
      if (!data) throw new Error("the consent request has no content");
      return data;
    },
    retry: false,
    refetchInterval: ({ state }) => (state.data && !state.data.email_verified ? 2000 : false),
  });

async function answer(request: string, decision: ConsentDecision): Promise<{ redirect_to: string }> {
  const { data } = await api.POST("/api/oauth/consent/{request_id}/decision", {
    params: { path: { request_id: request } },
    body: decision,
  });
  if (!data) throw new Error("the decision has no answer");
  return data;
}

function leave({ redirect_to }: { redirect_to: string }) {
  window.location.assign(redirect_to);
}
