import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import type { MemberView } from "@/api/generated/schema";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { PageHeader } from "@/components/ui/PageHeader";
import { useLast } from "@/components/ui/useLast";

import { useSession } from "../identity/session";
import { GroupsSection } from "./GroupsSection";
import { InvitationsSection } from "./InvitationsSection";
import { membersQuery } from "./memberQueries";
import classes from "./MembersPage.module.css";
import { MembersTable } from "./MembersTable";
import { RemoveDialog } from "./RemoveDialog";
import type { RoleWish } from "./RoleDialog";
import { type Rights, ROLES } from "./roles";
import { useWhyNot, useWorkspace } from "./useWorkspace";

/* Loaded when first needed: the page is mostly looked at. */
const InviteDialog = lazy(() => import("./InviteDialog"));
const RoleDialog = lazy(() => import("./RoleDialog"));

export function MembersPage() {
  const { slug, name, permissions } = useWorkspace();
  const { user } = useSession();
  const rights: Rights = { permissions, whyNotWrite: useWhyNot("members:write") };
  const { data: members, error, refetch } = useQuery(membersQuery(slug));
  const [isInviting, setInviting] = useState(false);
  const [wish, setWish] = useState<RoleWish>();
  const wasInviting = useLast(isInviting || undefined) ?? false;
  const lastWish = useLast(wish);
  const [leaving, setLeaving] = useState<MemberView>();
  return (
    <>
      <PageHeader
        title="Members"
        description={`Who belongs to ${name}, and what each may do here.`}
        actions={
          <GuardedButton
            whyNot={rights.whyNotWrite}
            leftSection={<IconPlus size={15} stroke={2} aria-hidden />}
            onClick={() => {
              setInviting(true);
            }}
          >
            Invite
          </GuardedButton>
        }
      />
      <MembersTable
        rows={members}
        self={user?.id}
        rights={rights}
        error={error}
        onRetry={() => void refetch()}
        onRole={(member, role) => {
          setWish({ member, role });
        }}
        onRemove={setLeaving}
      />
      <GroupsSection workspace={slug} whyNot={rights.whyNotWrite} />
      <InvitationsSection workspace={slug} whyNot={rights.whyNotWrite} />
      <RolesExplained />
      <Suspense>
        {wasInviting && (
          <InviteDialog
            workspace={slug}
            rights={rights}
            isOpen={isInviting}
            onClose={() => {
              setInviting(false);
            }}
          />
        )}
        {lastWish && (
          <RoleDialog
            workspace={slug}
            wish={wish}
            isOwn={wish?.member.user_id === user?.id}
            onClose={() => {
              setWish(undefined);
            }}
          />
        )}
      </Suspense>
      <RemoveDialog
        workspace={slug}
        member={leaving}
        isSelf={leaving?.user_id === user?.id}
        onClose={() => {
          setLeaving(undefined);
        }}
      />
    </>
  );
}

function RolesExplained() {
  return (
    <section className={classes.section} aria-labelledby="roles">
      <h2 id="roles" className={classes.heading}>
        What each role may do
      </h2>
      <dl className={classes.roles}>
        {ROLES.map(({ role, label, may }) => (
          <div key={role}>
            <dt>{label}</dt>
            <dd>{may}</dd>
          </div>
        ))}
      </dl>
      <p className={classes.quiet}>An app acts for a person, and never may more than that person’s role allows.</p>
    </section>
  );
}
