import { Drawer } from "@mantine/core";

import type { ConnectionView, ToolView } from "@/api/generated/schema";
import { CopyField } from "@/components/ui/CopyField";
import { Facts } from "@/components/ui/Facts";
import { type Json, JsonView } from "@/components/ui/JsonView";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { StateBadge } from "@/components/ui/StateBadge";
import { useLast } from "@/components/ui/useLast";

import { ClassSetting } from "./ClassSetting";
import classes from "./ToolDrawer.module.css";
import { ToolParameters } from "./ToolParameters";
import { ToolPreview } from "./ToolPreview";
import { ToolReview } from "./ToolReview";
import { ToolWording } from "./ToolWording";

export interface ToolDrawerProps {
  tool: ToolView | undefined;
  connection: ConnectionView;
  onClose: () => void;
}

/** One tool, whole: what is done about it, what it says, what it takes and gives. */
export default function ToolDrawer({ tool: open, connection, onClose }: ToolDrawerProps) {
  const tool = useLast(open);
  return (
    <Drawer
      opened={open !== undefined}
      onClose={onClose}
      position="right"
      size="44rem"
      title={tool?.title_here ?? tool?.title ?? tool?.name}
      classNames={DRAWER}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {tool && <Tool key={tool.id} tool={tool} connection={connection} />}
    </Drawer>
  );
}

const DRAWER = { title: classes.title ?? "" };

function Tool({ tool, connection }: { tool: ToolView; connection: ConnectionView }) {
  const { inputSchema: input, outputSchema: output, annotations } = tool.definition as Record<string, Json | undefined>;
  return (
    <div className={classes.tool}>
      <CopyField label="Full name" isLabelHidden value={tool.full_name} />
      <ToolState tool={tool} connection={connection} />
      <ClassSetting tool={tool} />
      <ToolWording tool={tool} />
      <ToolParameters schema={input} />
      {tool.state === "active" && tool.is_enabled && connection.state !== "DISABLED" && (
        <ToolPreview tool={tool} schema={input} />
      )}
      <section>
        <h3 className={classes.heading}>What the server claims</h3>
        <Facts facts={claims(annotations)} />
      </section>
      {input !== undefined && <JsonView label="Input schema" value={input} openDepth={1} />}
      {output != null && <JsonView label="Output schema" value={output} openDepth={1} />}
      <p className={classes.seen}>
        First seen <RelativeTime at={tool.first_seen_at} />, last seen <RelativeTime at={tool.last_seen_at} />.
      </p>
    </div>
  );
}

function ToolState({ tool, connection }: { tool: ToolView; connection: ConnectionView }) {
  if (tool.state === "quarantined") return <ToolReview tool={tool} />;
  const isOffered = tool.state === "active" && tool.is_enabled && connection.state !== "DISABLED";
  return (
    <section>
      <div className={classes.state}>
        <StateBadge state={tool.state} />
        <span>
          {tool.reason ??
            (isOffered
              ? "It is offered to ChatGPT."
              : tool.is_enabled
                ? "Its connection is disabled, so it is not offered."
                : "It is turned off, so it is not offered.")}
        </span>
      </div>
      {tool.notes.length > 0 && (
        <ul className={classes.notes}>
          {tool.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

const HINTS = [
  ["readOnlyHint", "Only reads"],
  ["destructiveHint", "May destroy or overwrite"],
  ["idempotentHint", "Harmless to repeat"],
  ["openWorldHint", "Reaches beyond the service"],
] as const;

function claims(annotations: Json | undefined) {
  const given = (typeof annotations === "object" && annotations !== null ? annotations : {}) as Record<string, Json | undefined>;
  return HINTS.map(
    ([hint, label]) => [label, typeof given[hint] === "boolean" ? (given[hint] ? "yes" : "no") : "not said"] as const,
  );
}
