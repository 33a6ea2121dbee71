import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { texts, workspace } from "@/routing";

const audit = createRoute({
  getParentRoute: () => workspace,
  path: "audit",
  validateSearch: (search) => texts(search, "person", "connection", "tool", "outcome", "kind", "conversation", "policy", "time"),
  component: lazyRouteComponent(() => import("./AuditPage"), "AuditPage"),
});

const auditEntry = createRoute({
  getParentRoute: () => workspace,
  path: "audit/$entry",
  validateSearch: (search) => texts(search, "tab"),
  component: lazyRouteComponent(() => import("./EntryPage"), "EntryPage"),
});

export const auditRoutes = [audit, auditEntry] as const;
