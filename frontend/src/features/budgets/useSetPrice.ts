import { useQueryClient } from "@tanstack/react-query";

import { api } from "@/api/client";

import { refreshBudgets } from "./budgetQueries";
import type { PriceBody } from "./priceDraft";

/** What a price is for: a tool, or without one every tool of the connection that has no price of its own. */
export interface Priced {
  connection: string;
  tool: string | null;
}

export function useSetPrice(workspace: string) {
  const queryClient = useQueryClient();
  return {
    set: async ({ connection, tool }: Priced, price: PriceBody) => {
      await api.PUT("/api/workspaces/{workspace}/prices", {
        params: { path: { workspace } },
        body: { connection, tool, ...price },
      });
      await refreshBudgets(queryClient, workspace);
    },
    clear: async ({ connection, tool }: Priced) => {
      await api.DELETE("/api/workspaces/{workspace}/prices/{connection}", {
        params: { path: { workspace, connection }, query: { tool } },
      });
      await refreshBudgets(queryClient, workspace);
    },
  };
}
