import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";

import type { CounterLine } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { paths } from "@/paths";

import { policiesQuery } from "../policies/policyQueries";
import classes from "./BudgetsPage.module.css";
import { usd } from "./money";

/** What policies of the kind “budget limit” have counted in their current period. */
export function PolicyLimits({ workspace, counters }: { workspace: string; counters: readonly CounterLine[] }) {
  const { data: policies } = useQuery(policiesQuery(workspace));
  const nameOf = (id: string) => policies?.policies.find((policy) => policy.id === id)?.name ?? "a policy that is gone";
  return (
    <section className={classes.section} aria-labelledby="policy-limits">
      <h2 id="policy-limits" className={classes.heading}>
        Limits that policies set
      </h2>
      <p>What they have counted in their current period. The limit itself stands in the policy.</p>
      <DataTable
        name="Limits that policies set"
        columns={columnsOf(workspace, nameOf)}
        rows={counters}
        rowKey={({ policy_id: policy, subject }) => `${policy} ${subject}`}
        empty={null}
      />
    </section>
  );
}

function columnsOf(workspace: string, nameOf: (id: string) => string): Column<CounterLine>[] {
  return [
    {
      key: "policy",
      header: "Policy",
      cell: ({ policy_id: policy }) => <Link to={paths.policy({ workspace, policy })}>{nameOf(policy)}</Link>,
    },
    {
      key: "subject",
      header: "Whose share",
      width: "30%",
      cell: ({ subject, label }) => <span className={classes.quiet}>{subject === "" ? "everybody together" : label}</span>,
    },
    {
      key: "held",
      header: "Held",
      width: "7rem",
      align: "right",
      isSecondary: true,
      cell: ({ held_micro_usd: held }) => usd(held),
    },
    { key: "spent", header: "Spent", width: "7rem", align: "right", cell: ({ spent_micro_usd: spent }) => usd(spent) },
  ];
}
