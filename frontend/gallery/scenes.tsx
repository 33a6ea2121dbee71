import { Button } from "@mantine/core";
import { IconListSearch, IconPlugConnected, IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";

import { Shell } from "@/components/shell/Shell";
import { CodeBlock } from "@/components/ui/CodeBlock";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { CopyField } from "@/components/ui/CopyField";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { EmptyState } from "@/components/ui/EmptyState";
import { ErrorState } from "@/components/ui/ErrorState";
import { FilterChips, type FilterValues } from "@/components/ui/FilterChips";
import { JsonView } from "@/components/ui/JsonView";
import { PageHeader } from "@/components/ui/PageHeader";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";
import { CardsSkeleton, DetailSkeleton } from "@/components/ui/Skeletons";
import { StateBadge } from "@/components/ui/StateBadge";
import { CheckMailPage } from "@/features/identity/CheckMailPage";
import { ForgotPasswordPage } from "@/features/identity/ForgotPasswordPage";
import { ResetPasswordPage } from "@/features/identity/ResetPasswordPage";
import { SignInPage } from "@/features/identity/SignInPage";
import { SignUpPage } from "@/features/identity/SignUpPage";
import { VerifyEmailPage } from "@/features/identity/VerifyEmailPage";
import { ConsentPage } from "@/features/oauth/ConsentPage";

import classes from "./gallery.module.css";
import * as samples from "./samples";

const succeed = () => Promise.resolve();
const refuse = () => Promise.reject(samples.wrongPassword);
const nothing = () => undefined;

/** By path; `npm run gallery` opens with the list. */
export const SCENES: Record<string, () => ReactNode> = {
  "/table": () => <TableScene rows={samples.calls} />,
  "/table-empty": () => <TableScene rows={[]} />,
  "/table-loading": () => <TableScene rows={undefined} />,
  "/table-error": () => <TableScene rows={undefined} error={samples.upstreamProblem} />,
  "/table-forbidden": () => <TableScene rows={undefined} error={samples.forbiddenProblem} />,
  "/detail": () => <DetailScene />,
  "/confirm": () => <ConfirmScene />,
  "/loading": () => (
    <InShell>
      <DetailSkeleton />
      <CardsSkeleton />
    </InShell>
  ),
  "/sign-in": () => <SignInPage next={undefined} onSignIn={refuse} />,
  "/sign-up": () => <SignUpPage next={undefined} isFirst isInvitedOnly={false} onSignUp={succeed} />,
  "/sign-up-invited": () => <SignUpPage next={undefined} isFirst={false} isInvitedOnly onSignUp={succeed} />,
  "/forgot-password": () => <ForgotPasswordPage isMailed={false} onRequest={succeed} />,
  "/check-mail": () => <CheckMailPage email={samples.person.email} />,
  "/reset-password": () => <ResetPasswordPage token="t" onReset={succeed} />,
  "/verify-email": () => <VerifyEmailPage token="t" onVerify={succeed} />,
  "/consent": () => <ConsentScene view={samples.consent} />,
  "/consent-unverified": () => <ConsentScene view={samples.unverifiedConsent} />,
};

function InShell({ children }: { children: ReactNode }) {
  const [workspace] = samples.workspaces;
  if (!workspace) return null;
  return (
    <Shell person={samples.person} workspace={workspace} workspaces={samples.workspaces} live="live" onSignOut={nothing}>
      {children}
    </Shell>
  );
}

const COLUMNS: readonly Column<samples.CallRow>[] = [
  { key: "tool", header: "Tool", cell: (row) => <code className={classes.tool}>{`${row.connection}_${row.tool}`}</code> },
  { key: "outcome", header: "Outcome", width: "10.5rem", cell: (row) => <StateBadge state={row.outcome} isPlain /> },
  { key: "person", header: "Person", width: "9rem", isSecondary: true, cell: (row) => row.person },
  {
    key: "ms",
    header: "Duration",
    width: "6.5rem",
    align: "right",
    isSecondary: true,
    cell: (row) => (row.ms === null ? "–" : `${String(row.ms)} ms`),
  },
  { key: "at", header: "When", width: "8.5rem", align: "right", cell: (row) => <RelativeTime at={row.at} /> },
];

const FILTERS = [
  {
    key: "person",
    label: "Person",
    choices: [
      { value: "ada", label: "Ada Lindgren" },
      { value: "grace", label: "Grace Okafor" },
    ],
  },
  { key: "connection", label: "Connection", choices: [] },
  {
    key: "outcome",
    label: "Outcome",
    choices: ["OK", "Denied", "Failed"].map((label) => ({ value: label.toLowerCase(), label })),
  },
  {
    key: "since",
    label: "Time",
    choices: [
      { value: "24h", label: "Last 24 hours" },
      { value: "7d", label: "Last 7 days" },
    ],
  },
] as const;

function TableScene({ rows, error }: { rows: samples.CallRow[] | undefined; error?: unknown }) {
  const [values, setValues] = useState<FilterValues>({ outcome: "denied", since: "7d" });
  return (
    <InShell>
      <PageHeader
        title="Audit"
        description="Every call and every change, kept before it happens."
        actions={<Button variant="default">Export</Button>}
      />
      <FilterChips
        filters={FILTERS}
        values={values}
        onChange={(changed) => {
          setValues((before) => ({ ...before, ...changed }));
        }}
      />
      <DataTable
        name="Calls"
        columns={COLUMNS}
        rows={rows}
        rowKey={(row) => row.id}
        rowHref={(row) => `/w/acme/audit/${row.id}`}
        error={error}
        onRetry={nothing}
        more={{ hasMore: true, isLoading: false, load: nothing }}
        empty={
          <EmptyState icon={IconListSearch} title="No calls yet" action={<Button>Connect ChatGPT</Button>}>
            Every call that ChatGPT makes through Conducktor is kept here, with who asked and what came of it.
          </EmptyState>
        }
      />
    </InShell>
  );
}

function DetailScene() {
  return (
    <InShell>
      <PageHeader
        title="linear-prod"
        before={<ServiceAvatar name="Linear" size="lg" />}
        after={<StateBadge state="ERROR" />}
        description="Linear answers 401 since 12 minutes: the token was refused. Enter a new one."
        actions={
          <>
            <Button variant="default">Test connection</Button>
            <Button leftSection={<IconPlus size={15} />}>Enter token</Button>
          </>
        }
      />
      <div className={classes.stack}>
        <div className={classes.row}>
          {["ACTIVE", "PENDING", "ERROR", "DISABLED", "quarantined", "denied", "pending_approval", "ok", "unknown"].map(
            (state) => (
              <StateBadge key={state} state={state} />
            ),
          )}
        </div>
        <div className={classes.row}>
          {["Linear", "GitHub", "Slack", "Notion", "Stripe", "Sentry", "Jira", "Figma", "Asana", "HubSpot"].map((name) => (
            <ServiceAvatar key={name} name={name} size="lg" />
          ))}
        </div>
        <div className={classes.row}>
          <Button>Save</Button>
          <Button variant="default">Cancel</Button>
          <Button variant="light">Light</Button>
          <Button variant="subtle">Subtle</Button>
          <Button color="red">Delete</Button>
          <Button disabled>Disabled</Button>
        </div>
        <CopyField label="Server URL" value="https://conducktor.example.com/api/conducktor-mcp/linear-prod" />
        <JsonView label="Arguments" value={samples.json} />
        <CodeBlock
          label="Reply"
          foldAfter={4}
          text={"HTTP/1.1 401 Unauthorized\ncontent-type: text/html\n\n<html>\u200B\n<body>token expired</body>\n</html>"}
        />
        <ErrorState error={samples.upstreamProblem} onRetry={nothing} />
        <EmptyState
          icon={IconPlugConnected}
          title="No connections yet"
          action={<Button leftSection={<IconPlus size={15} />}>Add connection</Button>}
        >
          A connection is a service whose tools ChatGPT may use through Conducktor.
        </EmptyState>
      </div>
    </InShell>
  );
}

function ConfirmScene() {
  return (
    <InShell>
      <ConfirmDialog
        isOpen
        verb="Delete connection"
        name="linear-prod"
        consequences={[
          "Its 14 tools disappear from ChatGPT at the next refresh.",
          "Its credential is erased.",
          "The audit keeps its 1,204 calls.",
        ]}
        mustTypeName
        onConfirm={() => Promise.reject(samples.forbiddenProblem)}
        onClose={nothing}
      />
    </InShell>
  );
}

function ConsentScene({ view }: { view: typeof samples.consent }) {
  return (
    <ConsentPage view={view} onDecide={() => Promise.resolve({ redirect_to: "#" })} onSwitchAccount={nothing} onLeave={nothing} />
  );
}
