import { QueryClientProvider } from "@tanstack/react-query";
import { createRootRoute, createRouter, RouterProvider, useRouterState } from "@tanstack/react-router";
import { createRoot } from "react-dom/client";

import { createQueryClient } from "@/api/queryClient";
import { ProductTheme } from "@/theme/ProductTheme";

import { SCENES } from "./scenes";

function Gallery() {
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const Scene = SCENES[pathname];
  if (Scene) return <Scene />;
  return (
    <ul>
      {Object.keys(SCENES).map((path) => (
        <li key={path}>
          <a href={path}>{path}</a>
        </li>
      ))}
    </ul>
  );
}

const router = createRouter({ routeTree: createRootRoute({ component: Gallery, notFoundComponent: () => null }) });
const queryClient = createQueryClient(() => undefined);

const place = document.getElementById("root");
if (!place) throw new Error("index.html has no #root");
createRoot(place).render(
  <ProductTheme>
    <QueryClientProvider client={queryClient}>
      <RouterProvider<typeof router> router={router} />
    </QueryClientProvider>
  </ProductTheme>,
);
