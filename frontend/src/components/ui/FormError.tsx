import { IconAlertTriangle } from "@tabler/icons-react";

import type { ApiProblem } from "@/api/ApiProblem";

import classes from "./FormError.module.css";

export interface FormErrorProps {
  problem: ApiProblem | undefined;
  /** Fields that show their own message; what the server says about others is listed here. */
  shownFields?: readonly string[];
}

/** Why a form was refused, in the server's words. Read out when it appears. */
export function FormError({ problem, shownFields = [] }: FormErrorProps) {
  if (!problem) return null;
  const others = Object.entries(problem.fieldErrors).filter(([field]) => !shownFields.includes(field));
  const isSaidAbove = shownFields.some((field) => problem.fieldErrors[field] === problem.detail);
  return (
    <div role="alert" className={classes.error}>
      <IconAlertTriangle size={16} stroke={1.75} aria-hidden />
      <div>
        <strong>{problem.title}</strong> {!isSaidAbove && problem.detail} {problem.nextStep}
        {others.length > 0 && (
          <ul>
            {others.map(([field, message]) => (
              <li key={field}>
                {field}: {message}
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
