import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";

import { failureOf } from "@/api/ApiProblem";
import type { ConnectionPrices, ToolPrice } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { FormError } from "@/components/ui/FormError";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";

import { FREE } from "./priceDraft";
import type { PriceWish } from "./PriceDialog";
import classes from "./PricesTab.module.css";
import { priceWords } from "./priceWords";
import { useSetPrice } from "./useSetPrice";

export interface ConnectionPricesSectionProps {
  workspace: string;
  prices: ConnectionPrices;
  whyNot: string | undefined;
  /** Whether its tools are shown from the start. */
  isOpen: boolean;
  onWish: (wish: PriceWish) => void;
}

export function ConnectionPricesSection({ workspace, prices, whyNot, isOpen, onWish }: ConnectionPricesSectionProps) {
  const { connection, title, default: usual, tools } = prices;
  const { set } = useSetPrice(workspace);
  const free = useMutation({ mutationFn: () => set({ connection, tool: null }, FREE) });
  return (
    <section className={classes.connection} aria-label={title}>
      <div className={classes.head}>
        <ServiceAvatar name={title} />
        <h2 className={classes.title}>{title}</h2>
        <span className={classes.standing}>{standingOf(prices)}</span>
        <div className={classes.actions}>
          {usual?.basis !== "free" && (
            <GuardedButton
              size="xs"
              variant="default"
              whyNot={whyNot}
              loading={free.isPending}
              aria-label={`Declare free: ${title}`}
              onClick={() => {
                free.mutate();
              }}
            >
              Declare free
            </GuardedButton>
          )}
          <GuardedButton
            size="xs"
            variant="default"
            whyNot={whyNot}
            aria-label={`Set price: ${title}`}
            onClick={() => {
              onWish({ connection, tool: null, name: title, own: usual });
            }}
          >
            Set price
          </GuardedButton>
        </div>
      </div>
      <FormError problem={failureOf(free)} />
      <details open={isOpen}>
        <summary className={classes.summary}>
          {tools.length} {tools.length === 1 ? "tool" : "tools"}
        </summary>
        <DataTable
          name={`Prices of ${title}`}
          columns={columnsOf(prices, whyNot, onWish)}
          rows={tools}
          rowKey={({ tool }) => tool}
          empty={<p className={classes.quiet}>It offers no tools.</p>}
        />
      </details>
    </section>
  );
}

function standingOf({ default: usual, unpriced, tools }: ConnectionPrices): string {
  if (usual) return `${priceWords(usual)}, unless a tool has its own price`;
  if (tools.length === 0) return "no tools yet";
  return unpriced === 0 ? "every tool has its own price" : `${String(unpriced)} without a price`;
}

function columnsOf(
  { connection }: ConnectionPrices,
  whyNot: string | undefined,
  onWish: (wish: PriceWish) => void,
): Column<ToolPrice>[] {
  return [
    { key: "tool", header: "Tool", cell: ({ full_name: name }) => <code title={name}>{name}</code> },
    { key: "price", header: "Price", width: "34%", cell: (tool) => <PriceOf tool={tool} /> },
    {
      key: "set",
      header: "",
      width: "7rem",
      align: "right",
      cell: ({ tool, full_name: name, own }) =>
        whyNot === undefined && (
          <Button
            size="compact-xs"
            variant="default"
            aria-label={`Set price: ${name}`}
            onClick={() => {
              onWish({ connection, tool, name, own });
            }}
          >
            Set price
          </Button>
        ),
    },
  ];
}

function PriceOf({ tool: { own, effective, is_blocked: isBlocked } }: { tool: ToolPrice }) {
  if (effective === null) {
    return <span className={isBlocked ? classes.blocked : classes.quiet}>{isBlocked ? "No price: refused" : "No price"}</span>;
  }
  return (
    <>
      {priceWords(effective)} {own === null && <span className={classes.quiet}>by default</span>}
    </>
  );
}
