import { queries } from "@/api/client";

export const authorizationsQuery = (workspace: string) =>
  queries.queryOptions("get", "/api/workspaces/{workspace}/authorizations", { params: { path: { workspace } } });
