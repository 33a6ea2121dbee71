import { useQuery } from "@tanstack/react-query";

import { groupsQuery } from "../workspaces/groupQueries";
import { membersQuery } from "../workspaces/memberQueries";
import type { Choice } from "./schemaFields";

/** Whom a policy can name. */
export interface PeopleChoices {
  members: readonly Choice[];
  groups: readonly Choice[];
}

export function usePeopleChoices(workspace: string): PeopleChoices {
  const { data: members = [] } = useQuery(membersQuery(workspace));
  const { data: groups = [] } = useQuery(groupsQuery(workspace));
  return {
    members: members.map(({ user_id: value, name, email }) => ({ value, label: `${name} (${email})` })),
    groups: groups.map(({ id: value, name }) => ({ value, label: name })),
  };
}
