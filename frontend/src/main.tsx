import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { lazy, StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";

import { createQueryClient } from "./api/queryClient";
import { sessionQuery } from "./features/identity/session";
import { paths } from "./paths";
import { createAppRouter } from "./routes";
import { ProductTheme } from "./theme/ProductTheme";

/** Nothing is announced before something was done. */
const Toasts = lazy(() => import("./components/Toasts"));

const queryClient = createQueryClient(onSignedOut);
const router = createAppRouter({ queryClient });

/** The session ended elsewhere: sign in again, then come back to this very page. */
function onSignedOut() {
  const { href, pathname } = router.state.location;
  if (pathname === paths.signIn()) return;
  queryClient.removeQueries({ queryKey: sessionQuery.queryKey });
  void router.navigate({ to: paths.signIn(href) });
}

const place = document.getElementById("root");
if (!place) throw new Error("index.html has no #root");
createRoot(place).render(
  <StrictMode>
    <ProductTheme>
      <Suspense>
        <Toasts />
      </Suspense>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </ProductTheme>
  </StrictMode>,
);
