import { Anchor, Button, Select } from "@mantine/core";
import { IconAlertTriangle, IconArrowRight, IconDeviceDesktop, IconRosetteDiscountCheck } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";

import { type ApiProblem, asProblem } from "@/api/ApiProblem";
import { Mark } from "@/components/Mark";
import { FormError } from "@/components/ui/FormError";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";

import { type ConsentDecision, type ConsentView, type ConsentWorkspace, firstChoice, grantedScopes } from "./consent";
import classes from "./ConsentPage.module.css";
import { OnlyPart } from "./OnlyPart";
import { Permissions } from "./Permissions";

export interface ConsentPageProps {
  view: ConsentView;
  /** Records the answer; resolves with where the browser goes next. */
  onDecide: (decision: ConsentDecision) => Promise<{ redirect_to: string }>;
  onSwitchAccount: () => void;
  /** What else there is to do in the chosen workspace. */
  more?: (workspace: ConsentWorkspace) => ReactNode;
  /** Leaves this site. */
  onLeave: (url: string) => void;
}

/** Who asks, for what, as whom, in which workspace, and where the answer goes. */
export function ConsentPage({ view, onDecide, onSwitchAccount, more, onLeave }: ConsentPageProps) {
  const { client, user, workspaces } = view;
  const [workspace, setWorkspace] = useState(() => firstChoice(view));
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set());
  const { decide, pending, problem } = useDecision(onDecide, onLeave);
  return (
    <main className={classes.page}>
      <title>{`Authorize ${client.name} · Conducktor`}</title>
      <form
        className={classes.card}
        aria-labelledby="consent-title"
        onSubmit={(event) => {
          event.preventDefault();
          if (workspace)
            void decide({ decision: "authorize", workspace: workspace.slug, scopes: grantedScopes(view, workspace, ticked) });
        }}
      >
        <div className={classes.parties} aria-hidden>
          <ServiceAvatar name={client.name} size="lg" />
          <IconArrowRight size={18} stroke={1.5} />
          <span className={classes.us}>
            <Mark size={22} />
          </span>
        </div>
        <h1 id="consent-title" className={classes.title}>
          Authorize {client.name}
        </h1>
        <p className={classes.lead}>
          {client.name} asks to use Conducktor as you.
          {client.verified && <Verified host={client.redirect_host} />}
        </p>
        <Warnings view={view} />
        <div className={classes.person}>
          <ServiceAvatar name={user.name} shape="round" />
          <div className={classes.who}>
            You are signed in as <strong>{user.name}</strong>
            <div className={classes.email}>{user.email}</div>
          </div>
          <Anchor component="button" type="button" size="sm" onClick={onSwitchAccount}>
            Switch
          </Anchor>
        </div>
        {view.part && <OnlyPart part={view.part} client={client.name} />}
        <WorkspaceField workspaces={workspaces} chosen={workspace} onChoose={setWorkspace} />
        {workspace && <Permissions view={view} workspace={workspace} ticked={ticked} onTick={setTicked} />}
        {workspace && more?.(workspace)}
        <FormError problem={problem} />
        <div className={classes.buttons}>
          <Button variant="default" size="md" loading={pending === "cancel"} onClick={() => void decide({ decision: "cancel" })}>
            Cancel
          </Button>
          <Button type="submit" size="md" loading={pending === "authorize"} disabled={!workspace}>
            Authorize
          </Button>
        </div>
        <p className={classes.destination}>
          Either way you will be sent to <strong>{client.redirect_host}</strong>. You can revoke access at any time under
          Authorized apps.
        </p>
      </form>
    </main>
  );
}

interface WorkspaceFieldProps {
  workspaces: readonly ConsentWorkspace[];
  chosen: ConsentWorkspace | undefined;
  onChoose: (workspace: ConsentWorkspace | undefined) => void;
}

const SEARCHABLE_FROM = 7;

function WorkspaceField({ workspaces, chosen, onChoose }: WorkspaceFieldProps) {
  if (workspaces.length === 0) {
    return (
      <Warning icon={<IconAlertTriangle size={16} aria-hidden />}>
        You belong to no workspace yet. Ask to be invited to one, or create one first.
      </Warning>
    );
  }
  return (
    <Select
      label="Workspace"
      description="It sees this workspace only. Authorize again to choose another."
      data={workspaces.map(({ slug, name, role }) => ({ value: slug, label: `${name} (${role})` }))}
      value={chosen?.slug ?? null}
      onChange={(slug) => {
        onChoose(workspaces.find((workspace) => workspace.slug === slug));
      }}
      allowDeselect={false}
      searchable={workspaces.length >= SEARCHABLE_FROM}
      nothingFoundMessage="No workspace by that name"
      maxDropdownHeight={240}
    />
  );
}

/** Nobody else can have the answer sent to that host. */
function Verified({ host }: { host: string }) {
  return (
    <span className={classes.verified}>
      <IconRosetteDiscountCheck size={16} stroke={1.75} aria-hidden />
      Verified: the answer goes to {host} only
    </span>
  );
}

function Warnings({ view: { client } }: { view: ConsentView }) {
  return (
    <>
      {!client.verified && (
        <Warning icon={<IconAlertTriangle size={16} stroke={1.75} aria-hidden />}>
          <strong>Unverified.</strong> Anybody can register an app under the name “{client.name}”. Authorize only if you have just
          started this yourself.
        </Warning>
      )}
      {client.is_loopback && (
        <Warning icon={<IconDeviceDesktop size={16} stroke={1.75} aria-hidden />}>
          Access goes to a <strong>program on this computer</strong>. Any program that runs here could be the one that asks.
        </Warning>
      )}
    </>
  );
}

function Warning({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.warning}>
      {icon}
      <div>{children}</div>
    </div>
  );
}

function useDecision(onDecide: ConsentPageProps["onDecide"], onLeave: ConsentPageProps["onLeave"]) {
  const [pending, setPending] = useState<ConsentDecision["decision"]>();
  const [problem, setProblem] = useState<ApiProblem>();

  /** Stays pending after success: the browser is leaving. */
  async function decide(decision: ConsentDecision) {
    if (pending) return;
    setPending(decision.decision);
    setProblem(undefined);
    try {
      onLeave((await onDecide(decision)).redirect_to);
    } catch (error) {
      setProblem(asProblem(error));
      setPending(undefined);
    }
  }
  return { decide, pending, problem };
}
