import type { MemberView, Role } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";

import classes from "./MembersPage.module.css";
import { RoleMenu } from "./RoleMenu";
import { type Rights, whyNotChange } from "./roles";

export interface MembersTableProps {
  rows: readonly MemberView[] | undefined;
  /** The signed-in person's id. */
  self: string | undefined;
  rights: Rights;
  error: unknown;
  onRetry: () => void;
  onRole: (member: MemberView, role: Role) => void;
  onRemove: (member: MemberView) => void;
}

export function MembersTable({ rows, error, onRetry, ...about }: MembersTableProps) {
  return (
    <DataTable
      name="Members"
      columns={columnsOf(rows ?? [], about)}
      rows={rows}
      rowKey={({ user_id: id }) => id}
      error={error}
      onRetry={onRetry}
      empty={null}
    />
  );
}

type About = Pick<MembersTableProps, "self" | "rights" | "onRole" | "onRemove">;

function columnsOf(members: readonly MemberView[], { self, rights, onRole, onRemove }: About): Column<MemberView>[] {
  return [
    {
      key: "name",
      header: "Person",
      cell: ({ name, user_id: id }) => (
        <span className={classes.person}>
          <ServiceAvatar name={name} shape="round" />
          <span className={classes.name} title={name}>
            {id === self ? `${name} (you)` : name}
          </span>
        </span>
      ),
    },
    { key: "email", header: "E-mail", isLong: true, cell: ({ email }) => <span className={classes.email}>{email}</span> },
    {
      key: "role",
      header: "Role",
      width: "9rem",
      cell: (member) => (
        <RoleMenu
          member={member}
          rights={rights}
          whyNot={whyNotChange(member, members, rights)}
          onChoose={(role) => {
            onRole(member, role);
          }}
        />
      ),
    },
    {
      key: "joined",
      header: "Joined",
      width: "9rem",
      isSecondary: true,
      cell: ({ joined_at: at }) => (
        <span className={classes.cell}>
          <RelativeTime at={at} />
        </span>
      ),
    },
    {
      key: "remove",
      header: "",
      width: "7rem",
      align: "right",
      cell: (member) => (
        <GuardedButton
          variant="default"
          size="compact-xs"
          whyNot={whyNotChange(member, members, rights)}
          aria-label={member.user_id === self ? "Leave this workspace" : `Remove ${member.name}`}
          onClick={() => {
            onRemove(member);
          }}
        >
          {member.user_id === self ? "Leave" : "Remove"}
        </GuardedButton>
      ),
    },
  ];
}
