import type { QuestionView } from "@/api/generated/schema";

import classes from "./ApprovalPage.module.css";
import { listOf } from "./words";

/** Which policy asks, why, whom, and how many have agreed. */
export function Questions({ questions }: { questions: readonly QuestionView[] }) {
  return (
    <section aria-labelledby="questions">
      <h2 id="questions" className={classes.heading}>
        Why it needs approval
      </h2>
      <ul className={classes.questions}>
        {questions.map((question) => (
          <li key={`${question.policy_id} ${question.reason}`} className={classes.question}>
            <p>
              <span className={classes.policy}>{question.policy}</span>{" "}
              <span className={classes.needs}>version {question.policy_version}</span>
            </p>
            <p>{question.reason}</p>
            <p className={classes.needs}>
              Sent to {listOf(question.sent_to)}. {agreedOf(question)}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function agreedOf({ given, needed }: QuestionView): string {
  if (needed === 1) return given === 0 ? "One of them must agree." : "One of them has agreed.";
  return `${String(given)} of the ${String(needed)} who must agree have done so.`;
}
