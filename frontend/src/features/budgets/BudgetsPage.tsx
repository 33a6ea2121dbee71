import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense } from "react";

import { Callout } from "@/components/ui/Callout";
import { LinkButton } from "@/components/ui/LinkButton";
import { LinkTabs } from "@/components/ui/LinkTabs";
import { PageHeader } from "@/components/ui/PageHeader";
import { TableSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { countOf } from "../connections/attention";
import { NobodyNotified } from "../notices/NobodyNotified";
import { useWorkspace } from "../workspaces/useWorkspace";
import { AddBudget } from "./AddBudget";
import { budgetsQuery, pricesQuery } from "./budgetQueries";
import classes from "./BudgetsPage.module.css";
import { BudgetsTab } from "./BudgetsTab";

/** Loaded when it is opened: budgets are looked at, prices are set once. */
const PricesTab = lazy(() => import("./PricesTab"));

const route = getRouteApi("/w/$workspace/budgets");

/** What calls may cost, and what each costs. */
export function BudgetsPage() {
  const { slug } = useWorkspace();
  const isPrices = route.useSearch().tab === "prices";
  const { data: budgets } = useQuery(budgetsQuery(slug));
  const { data: prices } = useQuery(pricesQuery(slug));
  return (
    <>
      <PageHeader
        title="Budgets"
        description="What calls may cost in a day, week or month. What would exceed a hard budget is refused before the service is called."
        actions={<AddBudget workspace={slug} />}
      />
      <div className={classes.notes}>
        {prices && prices.blocked > 0 && <Blocked workspace={slug} count={prices.blocked} isHere={isPrices} />}
        {budgets && budgets.items.length > 0 && <NobodyNotified workspace={slug} about="budgets" />}
      </div>
      <LinkTabs
        name="Budgets"
        href={paths.budgets({ workspace: slug })}
        current={isPrices ? "prices" : undefined}
        tabs={[
          { value: undefined, label: "Budgets", count: budgets?.items.length },
          { value: "prices", label: "Prices" },
        ]}
      />
      {isPrices ? (
        <Suspense fallback={<TableSkeleton />}>
          <PricesTab workspace={slug} />
        </Suspense>
      ) : (
        <BudgetsTab workspace={slug} />
      )}
    </>
  );
}

/** Without a price nobody knows whether a call still fits: then a hard budget refuses it. */
function Blocked({ workspace, count, isHere }: { workspace: string; count: number; isHere: boolean }) {
  return (
    <Callout
      tone="bad"
      role="status"
      title={`${countOf(count, "tool")} under a hard budget ${count === 1 ? "has" : "have"} no price: calls are refused`}
      actions={
        !isHere && (
          <LinkButton size="xs" variant="default" to={paths.budgets({ workspace })} search={{ tab: "prices" }}>
            Set a price or declare free
          </LinkButton>
        )
      }
    >
      <p>Set a price, or declare them free. Below, a whole connection is declared free at once.</p>
    </Callout>
  );
}
