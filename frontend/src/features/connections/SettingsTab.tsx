import type { ConnectionView } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";

import { useWhyNot } from "../workspaces/useWorkspace";
import { ApiSettings } from "./ApiSettings";
import { Availability } from "./Availability";
import { DeleteConnection } from "./DeleteConnection";
import { KeyPins } from "./KeyPins";
import { SettingsForm } from "./SettingsForm";
import { SignInSettings } from "./SignInSettings";
import classes from "./SettingsTab.module.css";
import { WhoseAccount } from "./WhoseAccount";

export default function SettingsTab({ connection }: { connection: ConnectionView }) {
  const whyNot = useWhyNot("connections:write");
  return (
    <div className={classes.settings}>
      {whyNot !== undefined && (
        <Callout tone="quiet" title="You can read these settings, but not change them">
          <p>{whyNot}</p>
        </Callout>
      )}
      <SettingsForm connection={connection} whyNot={whyNot} />
      {connection.transport === "openapi" && <ApiSettings connection={connection} whyNot={whyNot} />}
      {connection.auth !== "none" && <WhoseAccount connection={connection} whyNot={whyNot} />}
      {connection.auth === "oauth" && whyNot === undefined && <SignInSettings connection={connection} />}
      {connection.url.startsWith("https:") && <KeyPins key={connection.pins.join()} connection={connection} whyNot={whyNot} />}
      <Availability connection={connection} whyNot={whyNot} />
      <DeleteConnection connection={connection} whyNot={whyNot} />
    </div>
  );
}
