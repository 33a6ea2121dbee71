import { useQuery } from "@tanstack/react-query";

import { groupsQuery } from "../workspaces/groupQueries";
import { membersQuery } from "../workspaces/memberQueries";
import type { NameOf } from "./words";

/** What the people and groups that policies name by id are called here. */
export function useNames(workspace: string): NameOf {
  const { data: members = [] } = useQuery(membersQuery(workspace));
  const { data: groups = [] } = useQuery(groupsQuery(workspace));
  const names = new Map([
    ...members.map(({ user_id: id, name }) => [id, name] as const),
    ...groups.map(({ id, name }) => [id, name] as const),
  ]);
  return (id) => names.get(id) ?? "somebody who is no longer here";
}
