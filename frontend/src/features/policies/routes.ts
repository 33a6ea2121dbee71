import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { begin, texts, workspace } from "@/routing";

import { policiesQuery, policyQuery } from "./policyQueries";

const policies = createRoute({
  getParentRoute: () => workspace,
  path: "policies",
  loader: ({ context: { queryClient }, params }) => {
    begin(queryClient.query(policiesQuery(params.workspace)));
  },
  component: lazyRouteComponent(() => import("./PoliciesPage"), "PoliciesPage"),
});

const newPolicy = createRoute({
  getParentRoute: () => workspace,
  path: "policies/new",
  validateSearch: (search) => texts(search, "kind", "template"),
  component: lazyRouteComponent(() => import("./NewPolicyPage"), "NewPolicyPage"),
});

const policy = createRoute({
  getParentRoute: () => workspace,
  path: "policies/$policy",
  validateSearch: (search) => texts(search, "tab"),
  loader: ({ context: { queryClient }, params }) => {
    begin(queryClient.query(policyQuery(params.workspace, params.policy)));
  },
  component: lazyRouteComponent(() => import("./PolicyPage"), "PolicyPage"),
});

const editPolicy = createRoute({
  getParentRoute: () => workspace,
  path: "policies/$policy/edit",
  component: lazyRouteComponent(() => import("./EditPolicyPage"), "EditPolicyPage"),
});

export const policiesRoutes = [policies, newPolicy, policy, editPolicy] as const;
