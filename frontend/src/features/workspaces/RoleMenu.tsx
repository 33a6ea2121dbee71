import { Menu, Tooltip, UnstyledButton } from "@mantine/core";
import { IconCheck, IconChevronDown } from "@tabler/icons-react";

import type { MemberView, Role } from "@/api/generated/schema";

import classes from "./MembersPage.module.css";
import { labelOf, type Rights, ROLES, whyNotGive } from "./roles";

export interface RoleMenuProps {
  member: MemberView;
  rights: Rights;
  whyNot: string | undefined;
  onChoose: (role: Role) => void;
}

/** A person's role, and the others with what each may do; what may not be chosen says why. */
export function RoleMenu({ member, rights, whyNot, onChoose }: RoleMenuProps) {
  const label = labelOf(member.role);
  if (whyNot !== undefined) {
    return (
      <Tooltip label={whyNot} multiline w={280} events={EVENTS}>
        <UnstyledButton
          className={classes.role}
          aria-disabled
          aria-description={whyNot}
          aria-label={`Role of ${member.name}: ${label}`}
        >
          {label}
        </UnstyledButton>
      </Tooltip>
    );
  }
  return (
    <Menu position="bottom-start" width={300}>
      <Menu.Target>
        <UnstyledButton className={classes.role} aria-label={`Role of ${member.name}: ${label}`}>
          {label}
          <IconChevronDown size={13} stroke={1.75} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {ROLES.map(({ role, label: choice, may }) => {
          const refused = whyNotGive(role, rights);
          return (
            <Menu.Item
              key={role}
              disabled={refused !== undefined}
              leftSection={<IconCheck size={14} visibility={role === member.role ? "visible" : "hidden"} aria-hidden />}
              aria-current={role === member.role || undefined}
              onClick={() => {
                if (role !== member.role) onChoose(role);
              }}
            >
              <span className={classes.choice}>{choice}</span>
              <span className={classes.choiceWords}>{refused ?? may}</span>
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}

const EVENTS = { hover: true, focus: true, touch: true };
