import { CopyField } from "@/components/ui/CopyField";

import classes from "./ConnectChatGpt.module.css";

export interface ConnectChatGptProps {
  endpoint: string;
  clientId: string;
}

/** The guided card until the first call arrives: what to copy, and today's clicks in ChatGPT. */
export function ConnectChatGpt({ endpoint, clientId }: ConnectChatGptProps) {
  return (
    <section className={classes.card} aria-labelledby="connect-chatgpt">
      <h2 id="connect-chatgpt" className={classes.title}>
        Connect ChatGPT
      </h2>
      <p className={classes.lead}>Once, for every service of this workspace.</p>
      <ol className={classes.steps}>
        <li>
          In ChatGPT, open <strong>Plugins</strong>, press <strong>+</strong> and choose <strong>Add custom MCP server</strong>.
        </li>
        <li>
          Name it <strong>Conducktor Gateway</strong>, paste the server URL, and choose <strong>OAuth</strong> with the client ID.
          Leave the secret empty.
          <div className={classes.values}>
            <CopyField label="Server URL" value={endpoint} />
            <CopyField label="Client ID" value={clientId} />
          </div>
        </li>
        <li>
          Press <strong>Create as a plugin</strong>, then <strong>install</strong> it. You are sent here to choose a workspace and
          authorize.
        </li>
        <li>Ask ChatGPT “What connections do I have?”.</li>
      </ol>
    </section>
  );
}
