import { IconAlertTriangle, IconCircleCheck, IconHandStop, IconPlugConnected } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import type { ConnectionView } from "@/api/generated/schema";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";
import { StateBadge } from "@/components/ui/StateBadge";
import { paths } from "@/paths";

import { needsAttention, remark } from "../connections/attention";
import classes from "./OverviewPage.module.css";
import { verdictOf } from "./verdict";

export interface ConnectionHealthProps {
  workspace: string;
  connections: readonly ConnectionView[];
}

/** Whether every connection works; those that do not, with the reason and since when. */
export function ConnectionHealth({ workspace, connections }: ConnectionHealthProps) {
  const { tone, title, detail } = verdictOf(connections);
  const Icon = ICONS[tone];
  const unwell = connections.filter(needsAttention);
  if (connections.length === 0) return null; // The guide says what to do.
  return (
    <section className={classes.health} aria-label="Connections">
      <div className={classes.verdict} data-tone={tone}>
        <Icon size={24} stroke={1.6} aria-hidden />
        <div>
          <h2>{title}</h2>
          <p>{detail}</p>
        </div>
        <Link to={paths.connections({ workspace })}>All connections</Link>
      </div>
      {unwell.length > 0 && (
        <ul className={classes.unwell}>
          {unwell.map((connection) => (
            <li key={connection.id}>
              <Link to={paths.connection({ workspace, connection: connection.name })} className={classes.one}>
                <ServiceAvatar name={connection.title} size="sm" />
                <span className={classes.name}>{connection.name}</span>
                <StateBadge state={connection.state} isPlain />
                <span className={classes.why}>{remark(connection)}</span>
                <span className={classes.since}>
                  <RelativeTime at={connection.since} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

const ICONS = { ok: IconCircleCheck, warn: IconHandStop, bad: IconAlertTriangle, quiet: IconPlugConnected };
