import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";

import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";
import { paths } from "@/paths";

import { useWorkspace } from "../workspaces/useWorkspace";
import classes from "./NewConnectionPage.module.css";
import { isEmpty, type Source, SourceFields, type SourceFieldsProps } from "./SourceFields";

interface SourceFormProps extends Pick<SourceFieldsProps, "value" | "onChange" | "label" | "placeholder" | "accept"> {
  /** What the server calls the address, and the document itself. */
  fields: readonly [string, string];
  /** What the button says. */
  verb: string;
  onSubmit: (source: Source) => Promise<void>;
  /** What came of it. */
  children?: ReactNode;
}

/** Hands in a document, by its address or as a file. */
export function SourceForm({ fields, verb, onSubmit, children, ...given }: SourceFormProps) {
  const { slug } = useWorkspace();
  const [errors, setErrors] = useState<Record<string, string>>({});
  const { submit, problem, isPending } = useSubmit({ setErrors }, onSubmit);
  const [address, document] = fields;
  const tell = (message: string | undefined) => {
    setErrors(message === undefined ? {} : { [address]: message });
  };
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        tell(isEmpty(given.value) ? "Enter an address, or choose a file below." : undefined);
        if (!isEmpty(given.value)) void submit(given.value);
      }}
    >
      <SourceFields {...given} onError={tell} error={errors[address] ?? errors[document]} />
      <FormError problem={problem} shownFields={fields} />
      {children}
      <div className={classes.buttons}>
        <Button type="submit" loading={isPending}>
          {verb}
        </Button>
        <Button variant="subtle" color="gray" component={Link} to={paths.newConnection({ workspace: slug })}>
          Back to the gallery
        </Button>
      </div>
    </form>
  );
}
