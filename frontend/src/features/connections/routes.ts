import { createRoute, lazyRouteComponent } from "@tanstack/react-router";

import { begin, texts, workspace } from "@/routing";

import { connectionQuery, connectionsQuery, toolsQuery } from "./connectionQueries";

const connections = createRoute({
  getParentRoute: () => workspace,
  path: "connections",
  validateSearch: (search) => texts(search, "find", "state", "tools"),
  loader: ({ context: { queryClient }, params }) => {
    begin(queryClient.query(connectionsQuery(params.workspace)));
  },
  component: lazyRouteComponent(() => import("./ConnectionsPage"), "ConnectionsPage"),
});

const gallery = createRoute({
  getParentRoute: () => workspace,
  path: "connections/new",
  validateSearch: (search) => texts(search, "search", "category", "needs"),
  component: lazyRouteComponent(() => import("./GalleryPage"), "GalleryPage"),
});

const newConnection = createRoute({
  getParentRoute: () => workspace,
  path: "connections/new/$service",
  component: lazyRouteComponent(() => import("./NewConnectionPage"), "NewConnectionPage"),
});

const importServices = createRoute({
  getParentRoute: () => workspace,
  path: "connections/new/import",
  component: lazyRouteComponent(() => import("./ImportPage"), "ImportPage"),
});

const newApi = createRoute({
  getParentRoute: () => workspace,
  path: "connections/new/api",
  component: lazyRouteComponent(() => import("./NewApiPage"), "NewApiPage"),
});

const connection = createRoute({
  getParentRoute: () => workspace,
  path: "connections/$connection",
  validateSearch: (search) => texts(search, "tab", "find", "state", "class", "tool", "sign_in", "days"),
  loader: ({ context: { queryClient }, params }) => {
    begin(queryClient.query(connectionQuery(params.workspace, params.connection)));
    begin(queryClient.query(toolsQuery(params.workspace, params.connection)));
  },
  component: lazyRouteComponent(() => import("./ConnectionPage"), "ConnectionPage"),
});

const ownAccount = createRoute({
  getParentRoute: () => workspace,
  path: "connections/$connection/account",
  validateSearch: (search) => texts(search, "link", "sign_in"),
  component: lazyRouteComponent(() => import("./OwnAccountPage"), "OwnAccountPage"),
});

export const connectionsRoutes = [connections, gallery, importServices, newApi, newConnection, connection, ownAccount] as const;
