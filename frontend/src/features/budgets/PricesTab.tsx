import { IconPlugConnected } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";

import { EmptyState } from "@/components/ui/EmptyState";
import { LinkButton } from "@/components/ui/LinkButton";
import { Pending } from "@/components/ui/Pending";
import { TableSkeleton } from "@/components/ui/Skeletons";
import { useLast } from "@/components/ui/useLast";
import { paths } from "@/paths";

import { useWhyNot } from "../workspaces/useWorkspace";
import { pricesQuery } from "./budgetQueries";
import { ConnectionPricesSection } from "./ConnectionPricesSection";
import type { PriceWish } from "./PriceDialog";
import classes from "./PricesTab.module.css";

const PriceDialog = lazy(() => import("./PriceDialog"));

/** What each connection's tools cost: a default for all, and prices of their own. */
export default function PricesTab({ workspace }: { workspace: string }) {
  const { data, error, refetch } = useQuery(pricesQuery(workspace));
  const whyNot = useWhyNot("budgets:write");
  const [wish, setWish] = useState<PriceWish>();
  const lastWish = useLast(wish);
  if (!data) return <Pending skeleton={<TableSkeleton />} error={error} onRetry={() => void refetch()} />;
  if (data.items.length === 0) return <NoConnections workspace={workspace} />;
  return (
    <>
      <p className={classes.words}>
        You say what a call costs: what the service bills you, or what it is worth to you. The audit keeps the price of the moment
        with each call. Tools without a price cost nothing in the usage; a hard budget that covers them refuses them.
      </p>
      <div className={classes.connections}>
        {data.items.map((prices) => (
          <ConnectionPricesSection
            key={prices.connection_id}
            workspace={workspace}
            prices={prices}
            whyNot={whyNot}
            isOpen={data.items.length === 1 || prices.tools.some(({ is_blocked: isBlocked }) => isBlocked)}
            onWish={setWish}
          />
        ))}
      </div>
      <Suspense>
        {lastWish && (
          <PriceDialog
            workspace={workspace}
            wish={wish}
            onClose={() => {
              setWish(undefined);
            }}
          />
        )}
      </Suspense>
    </>
  );
}

function NoConnections({ workspace }: { workspace: string }) {
  return (
    <EmptyState
      icon={IconPlugConnected}
      title="Nothing to price yet"
      action={<LinkButton to={paths.connections({ workspace })}>Open connections</LinkButton>}
    >
      Each connection’s tools stand here with what they cost, as soon as there is a connection.
    </EmptyState>
  );
}
