import { IconApi, IconCheck, IconHelpCircle, IconServer } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import type { CatalogEntryView } from "@/api/generated/schema";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";
import { paths } from "@/paths";

import { needOf } from "./gallery";
import classes from "./ServiceCard.module.css";
import { CUSTOM } from "./wish";

export interface ServiceCardProps {
  workspace: string;
  entry: CatalogEntryView;
}

/** A service of the gallery. One that cannot be connected says why instead of what it does. */
export function ServiceCard({ workspace, entry }: ServiceCardProps) {
  const head = (
    <div className={classes.head}>
      <ServiceAvatar name={entry.title} />
      <span className={classes.title}>{entry.title}</span>
    </div>
  );
  const foot = (
    <div className={classes.foot}>
      {entry.is_available && needOf(entry)}
      {entry.doubts.length > 0 && (
        <span className={classes.doubt} title={entry.doubts.join(" ")}>
          <IconHelpCircle size={13} stroke={1.75} aria-hidden /> Not confirmed
        </span>
      )}
      {entry.connected_as.length > 0 && (
        <span className={classes.connected}>
          <IconCheck size={13} stroke={2} aria-hidden /> Connected as {entry.connected_as.join(", ")}
        </span>
      )}
    </div>
  );
  if (!entry.is_available) {
    return (
      <div className={classes.card} data-unavailable="">
        {head}
        <p className={classes.words}>{entry.unavailable_reason}</p>
        {foot}
      </div>
    );
  }
  return (
    <Link to={paths.connectService({ workspace, service: entry.id })} className={classes.card}>
      {head}
      <p className={classes.words}>{entry.description}</p>
      {foot}
    </Link>
  );
}

/** For services without an MCP server. */
export function RestApiCard({ workspace }: { workspace: string }) {
  return (
    <Link to={paths.newApi({ workspace })} className={classes.card}>
      <div className={classes.head}>
        <span className={classes.icon}>
          <IconApi size={15} stroke={1.6} aria-hidden />
        </span>
        <span className={classes.title}>REST API</span>
      </div>
      <p className={classes.words}>
        A service without an MCP server, by its OpenAPI document: choose operations, each becomes a tool.
      </p>
    </Link>
  );
}

export function CustomServerCard({ workspace }: { workspace: string }) {
  return (
    <Link to={paths.connectService({ workspace, service: CUSTOM })} className={classes.card}>
      <div className={classes.head}>
        <span className={classes.icon}>
          <IconServer size={15} stroke={1.6} aria-hidden />
        </span>
        <span className={classes.title}>Custom server</span>
      </div>
      <p className={classes.words}>Any MCP server, by its address: your own, or one that is not in this gallery.</p>
    </Link>
  );
}
