import type { ApprovalDetail } from "@/api/generated/schema";
import { CodeBlock } from "@/components/ui/CodeBlock";
import { type Json, JsonView } from "@/components/ui/JsonView";
import { PlainText } from "@/components/ui/PlainText";

import classes from "./ApprovalPage.module.css";

/** What the tool said it does, as it stood when the call was asked for. */
export function Definition({ detail }: { detail: ApprovalDetail }) {
  const { definition, definition_note: note, title_here: title, description_here: description } = detail;
  const isDescribed = title !== null || description !== null;
  return (
    <section aria-labelledby="definition">
      <h2 id="definition" className={classes.heading}>
        The tool’s definition
      </h2>
      {isDescribed && (
        <p className={classes.quiet}>
          Described here as “<PlainText text={[title, description].filter((text) => text !== null).join(": ")} />” · the service
          says:
        </p>
      )}
      {definition === null ? <p className={classes.quiet}>{note ?? "It was not kept."}</p> : <Words definition={definition} />}
    </section>
  );
}

function Words({ definition }: { definition: string }) {
  const value = parsed(definition);
  if (value === undefined) return <CodeBlock label="Definition" text={definition} />;
  const description = typeof value === "object" && value !== null && "description" in value ? value.description : undefined;
  return (
    <>
      {typeof description === "string" && (
        <p className={classes.quiet}>
          <PlainText text={description} />
        </p>
      )}
      <div className={classes.note}>
        <JsonView label="Definition" value={value} openDepth={1} />
      </div>
    </>
  );
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
