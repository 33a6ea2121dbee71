import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { begin, texts, workspace } from "@/routing";

import { toolsetsQuery } from "./toolsetQueries";

const toolsets = createRoute({
  getParentRoute: () => workspace,
  path: "toolsets",
  loader: ({ context: { queryClient }, params }) => {
    begin(queryClient.query(toolsetsQuery(params.workspace)));
  },
  component: lazyRouteComponent(() => import("./ToolsetsPage"), "ToolsetsPage"),
});

const newToolset = createRoute({
  getParentRoute: () => workspace,
  path: "toolsets/new",
  component: lazyRouteComponent(() => import("./NewToolsetPage"), "NewToolsetPage"),
});

const toolset = createRoute({
  getParentRoute: () => workspace,
  path: "toolsets/$toolset",
  validateSearch: (search) => texts(search, "find"),
  component: lazyRouteComponent(() => import("./ToolsetPage"), "ToolsetPage"),
});

export const toolsetsRoutes = [toolsets, newToolset, toolset] as const;
