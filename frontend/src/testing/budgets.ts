import type { BudgetView, ConnectionPrices, PriceList, ToolPrice } from "@/api/generated/schema";

/** $100 a month, of which $23 are spent, but for what is given. */
export function budgetOf(changed: Partial<BudgetView> = {}, now: Partial<BudgetView["now"]> = {}): BudgetView {
  return {
    id: "01890000-0000-7000-8000-0000000000d1",
    name: "All tools",
    covers: { connections: [], tools: [], roles: [], people: [] },
    share: "together",
    period: "month",
    limit_micro_usd: 100_000_000,
    is_hard: true,
    is_enabled: true,
    thresholds: [50, 80, 100],
    created_at: "2026-11-01T09:00:00Z",
    updated_at: "2026-11-01T09:00:00Z",
    now: {
      period_start: "2026-11-01T00:00:00Z",
      resets_at: "2026-12-01T00:00:00Z",
      spent_micro_usd: 23_000_000,
      held_micro_usd: 0,
      left_micro_usd: 77_000_000,
      percent: 23,
      forecast_micro_usd: 45_000_000,
      hits_limit_at: null,
      subjects: [],
      ...now,
    },
    ...changed,
  };
}

export function toolPriceOf(tool: string, changed: Partial<ToolPrice> = {}): ToolPrice {
  return { tool, full_name: `linear-prod_${tool}`, own: null, effective: null, is_blocked: false, ...changed };
}

export function pricesOf(tools: ToolPrice[], changed: Partial<ConnectionPrices> = {}): PriceList {
  const unpriced = tools.filter(({ effective }) => effective === null).length;
  const blocked = tools.filter(({ is_blocked: isBlocked }) => isBlocked).length;
  const id = "01890000-0000-7000-8000-000000000021";
  const connection = {
    connection_id: id,
    connection: "linear-prod",
    title: "Linear",
    default: null,
    tools,
    unpriced,
    ...changed,
  };
  return { items: [connection], unpriced, blocked };
}
