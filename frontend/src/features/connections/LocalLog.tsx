import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { failureOf } from "@/api/ApiProblem";
import type { LocalLog as Log } from "@/api/generated/schema";
import { CodeBlock } from "@/components/ui/CodeBlock";
import { FormError } from "@/components/ui/FormError";
import { RelativeTime } from "@/components/ui/RelativeTime";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { localLogQuery } from "./connectionQueries";
import classes from "./HealthTab.module.css";

/** What a server that this installation runs complained about. */
export function LocalLog({ name }: { name: string }) {
  const { slug } = useWorkspace();
  const whyNot = useWhyNot("connections:write");
  const query = useQuery({ ...localLogQuery(slug, name), enabled: whyNot === undefined });
  return (
    <section className={classes.log} aria-labelledby="local-log">
      <h2 id="local-log" className={classes.heading}>
        Log of the server
      </h2>
      {whyNot !== undefined && <p className={classes.words}>{whyNot}</p>}
      <FormError problem={failureOf(query)} />
      {query.data && <Lines log={query.data} />}
      {whyNot === undefined && (
        <Button variant="default" size="xs" loading={query.isFetching} onClick={() => void query.refetch()}>
          Read it again
        </Button>
      )}
    </section>
  );
}

function Lines({ log }: { log: Log }) {
  return (
    <>
      <p className={classes.words}>
        {log.since === null ? (
          <>
            Process {log.process} of Conducktor, which answers here, has not run it since it started or the connection was
            changed.
          </>
        ) : (
          <>
            What it wrote to its standard error, heard by process {log.process} of Conducktor since{" "}
            <RelativeTime at={log.since} />. It {log.is_running ? "is running" : "is not running now; the next call starts it"}.
          </>
        )}{" "}
        Conducktor’s other processes, such as the one that checks connections, run it separately and keep logs of their own: their
        lines are not here. Values of its environment are blacked out.
      </p>
      {log.lines.length > 0 ? (
        <CodeBlock label="Log" keeps="last" text={log.lines.join("\n")} />
      ) : (
        <p className={classes.words}>{log.since === null ? "There are no lines to show." : "It has written nothing so far."}</p>
      )}
    </>
  );
}
