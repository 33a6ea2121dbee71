import type { ReactNode } from "react";

import { PageHeader } from "@/components/ui/PageHeader";
import { Pending } from "@/components/ui/Pending";
import { DetailSkeleton } from "@/components/ui/Skeletons";

import { useSession } from "../identity/session";
import { useWorkspace } from "../workspaces/useWorkspace";
import { ConnectGuide } from "./ConnectGuide";
import classes from "./ConnectPage.module.css";
import { useGuide } from "./useGuide";

/** The guide whenever somebody wants it again: for another account, another person, another client. */
export function ConnectPage() {
  const { slug, name } = useWorkspace();
  const { installation } = useSession();
  const { guide, error, retry } = useGuide(slug);
  return (
    <>
      <PageHeader
        title="Connect ChatGPT"
        description={`One address for every service of ${name}. Any MCP client that signs in with OAuth can use it.`}
      />
      {!guide && <Pending skeleton={<DetailSkeleton />} error={error} onRetry={retry} />}
      {guide && (
        <>
          <ConnectGuide workspace={slug} installation={installation} guide={guide} />
          <section className={classes.later} aria-labelledby="later">
            <h2 id="later">Later</h2>
            <dl>
              {laterOn(installation.mcp_endpoint).map(([question, answer]) => (
                <div key={question}>
                  <dt>{question}</dt>
                  <dd>{answer}</dd>
                </div>
              ))}
            </dl>
          </section>
        </>
      )}
    </>
  );
}

function laterOn(endpoint: string): [question: string, answer: ReactNode][] {
  return [
    [
      "A new connection does not appear",
      <>
        ChatGPT keeps the list of tools until you press <strong>Refresh</strong> on the plugin.
      </>,
    ],
    ["Another workspace", "Disconnect and connect again in ChatGPT, and choose the other one."],
    [
      "One service only",
      <>
        <code>{endpoint}/&lt;connection&gt;</code> offers one connection’s tools under their own names.
      </>,
    ],
    ["Disconnect", "In ChatGPT, or here under Authorized apps. It takes effect within a second."],
    [
      "“MCP connection failed”",
      "Open Conducktor in a browser: its address must be the one in ChatGPT, without a slash at the end.",
    ],
    ["Authorization keeps expiring", "Confirm your e-mail address, then disconnect and connect again."],
  ];
}
