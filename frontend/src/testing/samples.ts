import type { Session } from "@/api/generated/schema";

/** Somebody who owns Engineering and helps out in Field tests. */
export const ownersSession: Session = {
  user: { id: "01890000-0000-7000-8000-000000000001", name: "Workspace owner", email: "owner@example.com", email_verified: true },
  workspaces: [
    {
      id: "01890000-0000-7000-8000-000000000011",
      slug: "engineering",
      name: "Engineering",
      role: "owner",
      permissions: ["workspace:own"],
    },
    { id: "01890000-0000-7000-8000-000000000012", slug: "field-tests", name: "Field tests", role: "contractor", permissions: [] },
  ],
  installation: {
    origin: "https://conducktor.example.com",
    mcp_endpoint: "https://conducktor.example.com/api/conducktor-mcp",
    client_id: "chatgpt-mcp-client",
    sign_up: "open",
    has_accounts: true,
    sandbox: true,
    mail: false,
  },
  verify_link: null,
};

export const nobodysSession: Session = { ...ownersSession, user: null, workspaces: [] };
