import { CodeBlock } from "@/components/ui/CodeBlock";
import { type Json, JsonView } from "@/components/ui/JsonView";
import { PlainText } from "@/components/ui/PlainText";

import classes from "./ApprovalPage.module.css";

/** What the tool said it does, as it stood when the call was asked for. */
export function Definition({ definition, note }: { definition: string | null; note: string | null }) {
  return (
    <section aria-labelledby="definition">
      <h2 id="definition" className={classes.heading}>
        The tool’s definition
      </h2>
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
