import { Switch } from "@mantine/core";
import { useState } from "react";

import { type ApiProblem, asProblem } from "@/api/ApiProblem";
import { Callout } from "@/components/ui/Callout";
import { ConfirmDialog } from "@/components/ui/ConfirmDialog";
import { FormError } from "@/components/ui/FormError";

import { useChangeSettings } from "./settingsQueries";

export interface SelfApprovalSwitchProps {
  workspace: string;
  name: string;
  isOn: boolean;
  whyNot: string | undefined;
}

/** Switching it off is always safe and happens at once; switching it on asks first, because it takes a safeguard away. */
export function SelfApprovalSwitch({ workspace, name, isOn, whyNot }: SelfApprovalSwitchProps) {
  const [isAsking, setAsking] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const change = useChangeSettings(workspace);

  async function switchOff() {
    setProblem(undefined);
    try {
      await change({ allows_self_approval: false });
    } catch (error) {
      setProblem(asProblem(error));
    }
  }

  return (
    <>
      <FormError problem={problem} />
      <Switch
        label="Requesters may approve their own requests"
        description={whyNot}
        checked={isOn}
        disabled={whyNot !== undefined}
        onChange={() => {
          if (isOn) void switchOff();
          else setAsking(true);
        }}
      />
      {isOn && (
        <Callout tone="warn" title="One person, or a model acting for one, is enough">
          <p>
            Whoever may decide approvals can wave their own calls through. A text that has misled the model can then lead to an
            approval without a second pair of eyes.
          </p>
        </Callout>
      )}
      <ConfirmDialog
        isOpen={isAsking}
        verb="Allow self-approval in"
        name={name}
        consequences={[
          "A person who may decide approvals can approve what they asked for themselves, through ChatGPT too.",
          "Approvals then no longer guarantee that two people agreed. Auditors often require that they do.",
          "Each decision still stands in the audit, with who made it.",
        ]}
        onConfirm={() => change({ allows_self_approval: true })}
        onClose={() => {
          setAsking(false);
        }}
      />
    </>
  );
}
