import { Button, Modal, Radio, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "@/api/client";
import type { Role, SentInvitation } from "@/api/generated/schema";
import { CopyField } from "@/components/ui/CopyField";
import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";

import { requireEmail } from "../identity/fieldRules";
import classes from "./Dialogs.module.css";
import { refreshPeople } from "./memberQueries";
import { type Rights, ROLES, whyNotGive } from "./roles";

export interface InviteDialogProps {
  workspace: string;
  rights: Rights;
  isOpen: boolean;
  onClose: () => void;
}

export default function InviteDialog({ isOpen, onClose, ...props }: InviteDialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Invite somebody">
      <Steps {...props} onClose={onClose} />
    </Modal>
  );
}

function Steps({ onClose, ...props }: Omit<InviteDialogProps, "isOpen">) {
  const [sent, setSent] = useState<SentInvitation>();
  return sent ? <Sent sent={sent} onClose={onClose} /> : <InviteForm {...props} onSent={setSent} onCancel={onClose} />;
}

interface InviteFormProps {
  workspace: string;
  rights: Rights;
  onSent: (sent: SentInvitation) => void;
  onCancel: () => void;
}

interface Values {
  email: string;
  role: Role;
}

function InviteForm({ workspace, rights, onSent, onCancel }: InviteFormProps) {
  const queryClient = useQueryClient();
  const form = useForm<Values>({
    mode: "uncontrolled",
    initialValues: { email: "", role: "member" },
    validate: { email: requireEmail },
  });
  const { submit, problem, isPending } = useSubmit(form, async (body: Values) => {
    const { data } = await api.POST("/api/workspaces/{workspace}/invitations", { params: { path: { workspace } }, body });
    await refreshPeople(queryClient, workspace);
    if (data) onSent(data);
  });
  return (
    <form className={classes.form} noValidate onSubmit={form.onSubmit((values) => void submit(values))}>
      <FormError problem={problem} shownFields={["email"]} />
      <TextInput
        label="E-mail"
        type="email"
        inputMode="email"
        autoComplete="off"
        data-autofocus
        key={form.key("email")}
        {...form.getInputProps("email")}
      />
      <Radio.Group label="Role" key={form.key("role")} {...form.getInputProps("role")}>
        <div className={classes.choices}>
          {ROLES.map(({ role, label, may }) => {
            const refused = whyNotGive(role, rights);
            return <Radio key={role} value={role} label={label} description={refused ?? may} disabled={refused !== undefined} />;
          })}
        </div>
      </Radio.Group>
      <div className={classes.buttons}>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" loading={isPending}>
          Invite
        </Button>
      </div>
    </form>
  );
}

function Sent({ sent: { invitation, link }, onClose }: { sent: SentInvitation; onClose: () => void }) {
  return (
    <div className={classes.form}>
      {link === null ? (
        <p className={classes.words} role="status">
          A letter to {invitation.email} is on its way. Its link works once, for seven days.
        </p>
      ) : (
        <>
          <p className={classes.words} role="status">
            This installation has no mail server, so nothing was sent. Hand this link to {invitation.email} yourself; it is in the
            server’s log too. It works once, for seven days, and only for that address.
          </p>
          <CopyField label="Link of the invitation" value={link} />
        </>
      )}
      <div className={classes.buttons}>
        <Button onClick={onClose} data-autofocus>
          Done
        </Button>
      </div>
    </div>
  );
}
