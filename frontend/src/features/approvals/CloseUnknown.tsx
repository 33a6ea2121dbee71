import { Button, Radio, Textarea } from "@mantine/core";
import { useState } from "react";

import type { ApprovalLine } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { useSubmit } from "@/components/ui/useSubmit";

import classes from "./ApprovalPage.module.css";
import { COMMENT_MAX } from "./useDecide";
import { useDecide } from "./useDecide";

const EMPTY = { happened: "", comment: "" };

/** A person looked at the service and says what happened. */
export default function CloseUnknown({ workspace, approval }: { workspace: string; approval: ApprovalLine }) {
  const { close } = useDecide(workspace);
  const [values, setValues] = useState(EMPTY);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const { submit, problem, isPending } = useSubmit({ setErrors }, async (given: typeof EMPTY) => {
    await close(approval.id, given.happened === "yes", given.comment);
  });
  return (
    <form
      className={classes.close}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const missing = missingOf(values);
        setErrors(missing);
        if (Object.keys(missing).length === 0) void submit(values);
      }}
    >
      <Radio.Group
        label="What did you find at the service?"
        value={values.happened}
        error={errors.happened}
        onChange={(happened) => {
          setValues({ ...values, happened });
        }}
      >
        <div className={classes.choices}>
          <Radio value="yes" label="It was carried out" />
          <Radio value="no" label="It was not carried out" description="The same call can be asked for again." />
        </div>
      </Radio.Group>
      <Textarea
        label="How you know"
        rows={3}
        resize="vertical"
        maxLength={COMMENT_MAX}
        value={values.comment}
        error={errors.comment}
        onChange={(event) => {
          setValues({ ...values, comment: event.currentTarget.value });
        }}
      />
      <FormError problem={problem} shownFields={["happened", "comment"]} />
      <div>
        <Button type="submit" loading={isPending}>
          Close this request
        </Button>
      </div>
    </form>
  );
}

function missingOf({ happened, comment }: typeof EMPTY): Record<string, string> {
  return {
    ...(happened === "" && { happened: "Choose one." }),
    ...(comment.trim() === "" && { comment: "Say what you found." }),
  };
}
