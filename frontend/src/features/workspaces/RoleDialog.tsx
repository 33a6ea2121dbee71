import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { asProblem } from "@/api/ApiProblem";
import { api } from "@/api/client";
import type { MemberView, Role } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { useLast } from "@/components/ui/useLast";

import { refreshPeople } from "./memberQueries";
import classes from "./Dialogs.module.css";
import { labelOf, ROLES, withArticle } from "./roles";

export interface RoleWish {
  member: MemberView;
  role: Role;
}

export interface RoleDialogProps {
  workspace: string;
  wish: RoleWish | undefined;
  isOwn: boolean;
  onClose: () => void;
}

/** Says what the new role means before it is given. */
export default function RoleDialog({ wish, onClose, ...props }: RoleDialogProps) {
  const shown = useLast(wish);
  if (!shown) return null;
  return (
    <Modal opened={wish !== undefined} onClose={onClose} title={titleOf(shown, props.isOwn)}>
      <Question {...props} wish={shown} onClose={onClose} />
    </Modal>
  );
}

function titleOf({ member, role }: RoleWish, isOwn: boolean): string {
  return isOwn ? `Become ${withArticle(role)}?` : `Make ${member.name} ${withArticle(role)}?`;
}

function Question({ workspace, wish: { member, role }, isOwn, onClose }: RoleDialogProps & { wish: RoleWish }) {
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: async () => {
      await api.PATCH("/api/workspaces/{workspace}/members/{user_id}", {
        params: { path: { workspace, user_id: member.user_id } },
        body: { role },
      });
      await refreshPeople(queryClient, workspace);
    },
    onSuccess: onClose,
  });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        change.mutate();
      }}
    >
      <dl className={classes.roles}>
        <div>
          <dt>{labelOf(member.role)} until now</dt>
          <dd>{mayOf(member.role)}</dd>
        </div>
        <div>
          <dt>{labelOf(role)} from now on</dt>
          <dd>{mayOf(role)}</dd>
        </div>
      </dl>
      <p className={classes.words}>
        {isLess(role, member.role)
          ? "What the new role does not allow ends within a second, in open pages and for apps that act for "
          : "It holds at once, in open pages and for apps that act for "}
        {isOwn ? "you. You cannot give yourself the old role back." : `${member.name}.`}
      </p>
      <FormError problem={change.error ? asProblem(change.error) : undefined} />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={change.isPending}>
          Change role
        </Button>
      </div>
    </form>
  );
}

/** The roles stand from most to least. */
function isLess(role: Role, than: Role): boolean {
  const rank = (one: Role) => ROLES.findIndex((words) => words.role === one);
  return rank(role) > rank(than);
}

function mayOf(role: Role): string {
  return ROLES.find((one) => one.role === role)?.may ?? "";
}
