import { Button, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";

import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";

import { AuthLayout } from "../identity/AuthLayout";
import { requireText } from "../identity/fieldRules";

export interface NewWorkspacePageProps {
  /** Without any workspace there is nothing else to do here. */
  isFirst: boolean;
  onCreate: (values: { name: string }) => Promise<void>;
}

export function NewWorkspacePage({ isFirst, onCreate }: NewWorkspacePageProps) {
  const form = useForm({
    mode: "uncontrolled",
    initialValues: { name: "" },
    validate: { name: requireText("Name the workspace; it can be renamed later.") },
  });
  const { submit, problem, isPending } = useSubmit(form, onCreate);
  return (
    <AuthLayout
      title={isFirst ? "You belong to no workspace" : "Create a workspace"}
      description={isFirst ? "Create one, or open the link of an invitation." : "Connections, people and rules belong to one."}
    >
      <form noValidate onSubmit={form.onSubmit((values) => void submit(values))}>
        <FormError problem={problem} shownFields={["name"]} />
        <TextInput label="Name" key={form.key("name")} {...form.getInputProps("name")} />
        <Button type="submit" loading={isPending}>
          Create workspace
        </Button>
      </form>
    </AuthLayout>
  );
}
