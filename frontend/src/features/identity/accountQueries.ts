import { queries } from "@/api/client";

export const sessionsQuery = queries.queryOptions("get", "/api/account/sessions");

export const invitationQuery = (token: string) =>
  queries.queryOptions("get", "/api/invitations/{token}", { params: { path: { token } } });
