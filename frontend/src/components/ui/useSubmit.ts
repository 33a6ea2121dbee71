import { useState } from "react";

import { type ApiProblem, asProblem } from "@/api/ApiProblem";

/** The part of a Mantine form that is needed to show the server's words at its fields. */
interface FieldErrors {
  setErrors: (errors: Record<string, string>) => void;
}

export interface Submit<Values> {
  submit: (values: Values) => Promise<void>;
  problem: ApiProblem | undefined;
  isPending: boolean;
}

/** Runs a form's action once at a time. A refusal becomes `problem` and field errors; what was typed stays. */
export function useSubmit<Values>(form: FieldErrors, action: (values: Values) => Promise<void>): Submit<Values> {
  const [problem, setProblem] = useState<ApiProblem>();
  const [isPending, setPending] = useState(false);

  async function submit(values: Values) {
    if (isPending) return;
    setPending(true);
    setProblem(undefined);
    try {
      await action(values);
    } catch (error) {
      const refused = asProblem(error);
      setProblem(refused);
      form.setErrors({ ...refused.fieldErrors });
    } finally {
      setPending(false);
    }
  }
  return { submit, problem, isPending };
}
