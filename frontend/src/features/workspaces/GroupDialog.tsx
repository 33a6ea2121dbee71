import { Button, Modal, MultiSelect, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery, useQueryClient } from "@tanstack/react-query";

import { api } from "@/api/client";
import type { GroupView } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";

import { requireText } from "../identity/fieldRules";
import classes from "./Dialogs.module.css";
import { refreshGroups } from "./groupQueries";
import { membersQuery } from "./memberQueries";

export interface GroupDialogProps {
  workspace: string;
  /** None: one is to be made. */
  group: GroupView | undefined;
  isOpen: boolean;
  onClose: () => void;
}

export default function GroupDialog({ isOpen, ...props }: GroupDialogProps) {
  return (
    <Modal opened={isOpen} onClose={props.onClose} title={props.group ? `Edit the group “${props.group.name}”` : "New group"}>
      <GroupForm {...props} />
    </Modal>
  );
}

interface Values {
  name: string;
  people: string[];
}

function GroupForm({ workspace, group, onClose }: Omit<GroupDialogProps, "isOpen">) {
  const queryClient = useQueryClient();
  const { data: members } = useQuery(membersQuery(workspace));
  const form = useForm<Values>({
    initialValues: { name: group?.name ?? "", people: group?.people.map(({ user_id: id }) => id) ?? [] },
    validate: { name: requireText("Enter a name for the group.") },
  });
  const { submit, problem, isPending } = useSubmit(form, async (body: Values) => {
    await save(workspace, group, body);
    await refreshGroups(queryClient, workspace);
    onClose();
  });
  return (
    <form className={classes.form} noValidate onSubmit={form.onSubmit((values) => void submit(values))}>
      <FormError problem={problem} shownFields={["name"]} />
      <TextInput label="Name" maxLength={80} autoComplete="off" data-autofocus {...form.getInputProps("name")} />
      <MultiSelect
        label="People"
        placeholder={form.values.people.length === 0 ? "Find people" : ""}
        searchable
        hidePickedOptions
        nothingFoundMessage="No member by that name."
        comboboxProps={WITHIN_DIALOG}
        data={(members ?? []).map(({ user_id: value, name, email }) => ({ value, label: `${name} (${email})` }))}
        {...form.getInputProps("people")}
      />
      <div className={classes.buttons}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={isPending}>
          {group ? "Save group" : "Create group"}
        </Button>
      </div>
    </form>
  );
}

/** The list belongs to the dialog, where the keyboard is kept. */
const WITHIN_DIALOG = { withinPortal: false };

async function save(workspace: string, group: GroupView | undefined, body: Values): Promise<void> {
  if (!group) {
    await api.POST("/api/workspaces/{workspace}/groups", { params: { path: { workspace } }, body });
    return;
  }
  await api.PATCH("/api/workspaces/{workspace}/groups/{group_id}", {
    params: { path: { workspace, group_id: group.id } },
    body,
  });
}
