import { Button } from "@mantine/core";
import { type ReactNode, useId, useState } from "react";

import type { UsageLine, UsageReport } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { PlainText } from "@/components/ui/PlainText";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";
import { paths } from "@/paths";

import type { AuditSearch } from "../audit/auditSearch";
import { timeOfDays } from "../audit/auditSearch";
import { durationOf } from "../audit/measures";
import { exactUsd, usd } from "../budgets/money";
import classes from "./UsagePage.module.css";

/** The same calls by connection, person, tool and conversation; each line leads to its calls in the audit. */
export function UsageTables({ workspace, report }: { workspace: string; report: UsageReport }) {
  const time = timeOfDays(report.first_day, report.last_day);
  const common = { workspace, time };
  return (
    <>
      <Breakdown
        {...common}
        title="By connection"
        what="Connection"
        lines={report.connections}
        filter={({ key }) => ({ connection: key })}
        label={Service}
      />
      <Breakdown
        {...common}
        title={report.shows_everybody ? "By person" : "Yours"}
        what="Person"
        lines={report.people}
        filter={({ key }) => ({ person: key })}
        label={Person}
      />
      <Breakdown
        {...common}
        title="By tool"
        what="Tool"
        lines={report.tools}
        filter={({ key }) => toolFilter(key)}
        label={Plain}
      />
      <Breakdown
        {...common}
        title={report.shows_everybody ? "By conversation" : "Your conversations"}
        what="Conversation"
        lines={report.conversations}
        filter={({ key }) => (key === "" ? {} : { conversation: key })}
        label={Mono}
      />
    </>
  );
}

interface BreakdownProps {
  workspace: string;
  time: string;
  title: string;
  what: string;
  lines: readonly UsageLine[];
  filter: (line: UsageLine) => AuditSearch;
  label: (props: { line: UsageLine }) => ReactNode;
}

const SHOWN = 10;

function Breakdown({ workspace, time, title, what, lines, filter, label: Label }: BreakdownProps) {
  const [isWhole, setWhole] = useState(false);
  const id = useId();
  if (lines.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h2 id={id} className={classes.heading}>
        {title}
      </h2>
      <DataTable
        name={title}
        columns={[{ key: "label", header: what, cell: (line) => <Label line={line} /> }, ...FIGURES]}
        rows={isWhole ? lines : lines.slice(0, SHOWN)}
        rowKey={({ key }) => key}
        rowHref={(line) => ({
          to: paths.audit({ workspace }),
          search: { kind: "call", time, ...filter(line) },
          resetScroll: true,
        })}
        empty={null}
      />
      {lines.length > SHOWN && !isWhole && (
        <div className={classes.more}>
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              setWhole(true);
            }}
          >
            Show all {lines.length}
          </Button>
        </div>
      )}
    </section>
  );
}

const FIGURES: readonly Column<UsageLine>[] = [
  { key: "calls", header: "Calls", width: "6rem", align: "right", cell: ({ calls }) => <Count of={calls} unit="calls" /> },
  { key: "errors", header: "Errors", width: "6rem", align: "right", cell: ({ errors }) => <Count of={errors} unit="errors" /> },
  {
    key: "denied",
    header: "Denied",
    width: "6rem",
    align: "right",
    isSecondary: true,
    cell: ({ denied }) => denied.toLocaleString("en"),
  },
  {
    key: "p50",
    header: "Median",
    width: "6rem",
    align: "right",
    isSecondary: true,
    cell: ({ p50_ms: ms }) => ms !== null && durationOf(ms),
  },
  {
    key: "p95",
    header: "95 %",
    width: "6rem",
    align: "right",
    isSecondary: true,
    cell: ({ p95_ms: ms }) => ms !== null && durationOf(ms),
  },
  {
    key: "cost",
    header: "Cost",
    width: "7rem",
    align: "right",
    cell: ({ cost_micro_usd: cost }) => <span title={exactUsd(cost)}>{usd(cost)}</span>,
  },
];

/** On narrow screens there is no head to say what a number is. */
function Count({ of, unit }: { of: number; unit: string }) {
  return (
    <>
      {of.toLocaleString("en")} <span className={classes.unit}>{unit}</span>
    </>
  );
}

function toolFilter(key: string): AuditSearch {
  const [connection = "", ...tool] = key.split("/");
  return { connection: connection || undefined, tool: tool.join("/") };
}

function Service({ line }: { line: UsageLine }) {
  const { key } = line;
  const label = key === "" ? "Unknown tools" : line.label; // refused, because there is no such tool
  return (
    <span className={classes.label} title={key}>
      <ServiceAvatar name={label} size="sm" />
      <span>{label}</span>
    </span>
  );
}

function Person({ line: { label } }: { line: UsageLine }) {
  return (
    <span className={classes.label}>
      <ServiceAvatar name={label} size="sm" shape="round" />
      <span>{label || "somebody who has left"}</span>
    </span>
  );
}

function Plain({ line: { label } }: { line: UsageLine }) {
  return (
    <span title={label}>
      <PlainText text={label} />
    </span>
  );
}

function Mono({ line: { label } }: { line: UsageLine }) {
  return (
    <span className={classes.mono} title={label}>
      <PlainText text={label} />
    </span>
  );
}
