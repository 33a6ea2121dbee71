import { QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  Outlet,
  RouterContextProvider,
  RouterProvider,
} from "@tanstack/react-router";
import { render, type RenderResult, screen } from "@testing-library/react";
import userEvent, { type UserEvent } from "@testing-library/user-event";
import type { ReactNode } from "react";

import { createQueryClient } from "@/api/queryClient";
import { createAppRouter } from "@/routes";
import { ProductTheme } from "@/theme/ProductTheme";

/** A component as it stands on a page: themed, with a router for its links. */
export function renderPiece(piece: ReactNode): RenderResult & { user: UserEvent; rerenderPiece: (next: ReactNode) => void } {
  const router = createRouter({ routeTree: createRootRoute({ component: Outlet }), history: createMemoryHistory() });
  const queryClient = createQueryClient(() => undefined);
  const around = (children: ReactNode) => (
    <ProductTheme isTest>
      <QueryClientProvider client={queryClient}>
        <RouterContextProvider router={router}>{children}</RouterContextProvider>
      </QueryClientProvider>
    </ProductTheme>
  );
  const result = render(around(piece));
  return {
    ...result,
    user: userEvent.setup(),
    rerenderPiece: (next) => {
      result.rerender(around(next));
    },
  };
}

/** The whole application at an address, against the server that the test has set up. */
export function renderApp(address: string) {
  const queryClient = createQueryClient(() => undefined);
  const router = createAppRouter({ queryClient }, createMemoryHistory({ initialEntries: [address] }));
  render(
    <ProductTheme isTest>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ProductTheme>,
  );
  return { router, user: userEvent.setup(), screen };
}
