import { useQueryClient } from "@tanstack/react-query";
import { Fragment } from "react";

import { failureOf } from "@/api/ApiProblem";
import { queries } from "@/api/client";
import type { FieldChange, ToolView } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { PlainText } from "@/components/ui/PlainText";
import { StateBadge } from "@/components/ui/StateBadge";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { refreshConnections } from "./connectionQueries";
import classes from "./ToolReview.module.css";
import { type Segment, wordDiff } from "./wordDiff";

/** Why a tool waits, what is different from what was accepted, and the button that accepts exactly what is shown. */
export function ToolReview({ tool }: { tool: ToolView }) {
  const accept = useAccept(tool);
  const whyNot = useWhyNot("connections:write");
  return (
    <section className={classes.review} aria-label="Review">
      <div className={classes.reason}>
        <StateBadge state={tool.state} />
        <span>{tool.reason}</span>
      </div>
      {tool.changes.length > 0 && (
        <ol className={classes.changes}>
          {tool.changes.map((change) => (
            <Change key={change.path} change={change} />
          ))}
        </ol>
      )}
      <FormError problem={accept.failure} />
      <div className={classes.decision}>
        <GuardedButton whyNot={whyNot} loading={accept.isPending} onClick={accept.run}>
          Accept this definition
        </GuardedButton>
        <span>
          {tool.changes.length > 0 ? "Read the differences first." : "Read its description and arguments below first."} Once
          accepted, it is offered as it stands here; ChatGPT shows it after Refresh.
        </span>
      </div>
    </section>
  );
}

function Change({ change: { path, before, after } }: { change: FieldChange }) {
  const segments = wordDiff(before ?? "", after ?? "");
  const isBoth = before !== null && after !== null;
  const isSpace = isBoth && withoutSpace(before) === withoutSpace(after);
  return (
    <li>
      <div className={classes.path}>
        <code>{path}</code>
        {before === null && <span>is new</span>}
        {after === null && <span>is gone</span>}
      </div>
      {before !== null && (
        <div className={classes.before}>
          <span data-visually-hidden="">Before: </span>
          <Text segments={segments.filter(({ kind }) => kind !== "added")} mark={isBoth ? "del" : undefined} />
        </div>
      )}
      {after !== null && (
        <div className={classes.after}>
          <span data-visually-hidden="">After: </span>
          <Text segments={segments.filter(({ kind }) => kind !== "removed")} mark={isBoth ? "ins" : undefined} />
        </div>
      )}
      {isSpace && <p className={classes.same}>Only spaces and line breaks are different.</p>}
    </li>
  );
}

function withoutSpace(text: string): string {
  return text.replace(/\s+/g, "");
}

/** One side of a difference. What is only on this side is marked, without the space before it. */
function Text({ segments, mark: Mark }: { segments: readonly Segment[]; mark: "del" | "ins" | undefined }) {
  return segments.map(({ kind, text }, index) => {
    if (kind === "same" || Mark === undefined) return <PlainText key={index} text={text} />;
    const words = text.trimStart();
    return (
      <Fragment key={index}>
        {text.slice(0, text.length - words.length)}
        <Mark>
          <PlainText text={words} />
        </Mark>
      </Fragment>
    );
  });
}

function useAccept(tool: ToolView) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const accept = queries.useMutation("post", "/api/workspaces/{workspace}/tools/{tool_id}/accept", {
    // Also when it is refused: then it has changed once more, and what is new has to be shown.
    onSettled: () => refreshConnections(queryClient, slug),
  });
  return {
    failure: failureOf(accept),
    isPending: accept.isPending,
    run: () => {
      accept.mutate({ params: { path: { workspace: slug, tool_id: tool.id } }, body: { definition_hash: tool.definition_hash } });
    },
  };
}
