import type { UsageLine } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { LinkButton } from "@/components/ui/LinkButton";
import { paths } from "@/paths";

/** Where calls had no price, the costs are not all there is. */
export function Unpriced({ workspace, total }: { workspace: string; total: UsageLine }) {
  if (total.unpriced === 0) return null;
  const isAll = total.cost_micro_usd === 0;
  return (
    <Callout
      tone="quiet"
      title={isAll ? "No costs yet: no call had a price" : `${total.unpriced.toLocaleString("en")} of these calls had no price`}
      actions={
        <LinkButton size="xs" variant="default" to={paths.budgets({ workspace })} search={{ tab: "prices" }}>
          Set prices
        </LinkButton>
      }
    >
      <p>
        Say what a call of each connection costs, or that it is free. Prices hold for calls from then on; what is past keeps the
        price of its moment.
      </p>
    </Callout>
  );
}
