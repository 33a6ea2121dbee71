import { Button, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";

import { api } from "@/api/client";
import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";

import { requireText } from "./fieldRules";
import classes from "./ProfilePage.module.css";
import { sessionQuery } from "./session";

export function NameForm({ name }: { name: string }) {
  const queryClient = useQueryClient();
  const form = useForm({ initialValues: { name }, validate: { name: requireText("Enter your name.") } });
  const { submit, problem, isPending } = useSubmit(form, async (body: { name: string }) => {
    await api.PATCH("/api/account", { body });
    await queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
    notifications.show({ message: "Your name is changed." });
  });
  return (
    <form className={classes.form} noValidate onSubmit={form.onSubmit((values) => void submit(values))}>
      <FormError problem={problem} shownFields={["name"]} />
      <TextInput aria-label="Name" autoComplete="name" {...form.getInputProps("name")} />
      <Button type="submit" variant="default" loading={isPending}>
        Change name
      </Button>
    </form>
  );
}
