import { Button } from "@mantine/core";
import { IconCheck, IconCircleCheck } from "@tabler/icons-react";
import type { ReactNode } from "react";

import type { Installation } from "@/api/generated/schema";

import classes from "./ConnectGuide.module.css";
import { currentStep, type Guide, isDone, type Step, STEPS } from "./guide";
import { ReachHint } from "./ReachHint";
import { AddConnection, AskSomething, AuthorizeInChatGpt, Confirm } from "./steps";

export interface ConnectGuideProps {
  workspace: string;
  installation: Installation;
  guide: Guide;
  /** Puts the finished guide away; left out where it is the page itself. */
  onClose?: () => void;
}

/** From an account to the first call, step by step. Each step ticks itself when it is done, wherever it was done. */
export function ConnectGuide({ workspace, installation, guide, onClose }: ConnectGuideProps) {
  const current = currentStep(guide);
  const contents: Record<Step, ReactNode> = {
    confirm: <Confirm />,
    connection: <AddConnection workspace={workspace} connections={guide.connections} />,
    authorize: <AuthorizeInChatGpt installation={installation} />,
    call: <AskSomething workspace={workspace} guide={guide} />,
  };
  return (
    <section className={classes.card} aria-labelledby="connect-chatgpt" data-done={current === undefined || undefined}>
      {current === undefined ? (
        <Connected guide={guide} onClose={onClose} />
      ) : (
        <header className={classes.head}>
          <h2 id="connect-chatgpt" className={classes.title}>
            Connect ChatGPT
          </h2>
          <p className={classes.lead}>Once, for every service of this workspace. The steps tick themselves.</p>
        </header>
      )}
      {current !== undefined && <ReachHint origin={installation.origin} />}
      <ol className={classes.steps}>
        {STEPS.map((step, index) => (
          <StepItem key={step} number={index + 1} title={TITLES[step]} isDone={isDone(guide, step)} isCurrent={step === current}>
            {contents[step]}
          </StepItem>
        ))}
      </ol>
    </section>
  );
}

const TITLES: Record<Step, string> = {
  confirm: "Confirm your e-mail address",
  connection: "Add a connection",
  authorize: "Add Conducktor in ChatGPT and authorize it",
  call: "Make the first call",
};

interface StepItemProps {
  number: number;
  title: string;
  isDone: boolean;
  isCurrent: boolean;
  children: ReactNode;
}

function StepItem({ number, title, isDone: done, isCurrent, children }: StepItemProps) {
  return (
    <li className={classes.step} data-done={done || undefined} aria-current={isCurrent ? "step" : undefined}>
      <span className={classes.number} aria-hidden>
        {done ? <IconCheck size={13} stroke={2.5} /> : number}
      </span>
      <div className={classes.content}>
        <h3 className={classes.stepTitle}>
          {title}
          {done && <span data-visually-hidden=""> (done)</span>}
        </h3>
        {children}
      </div>
    </li>
  );
}

function Connected({ guide, onClose }: { guide: Guide; onClose: (() => void) | undefined }) {
  const app = guide.lastCall?.client ?? guide.app?.client.name ?? "ChatGPT";
  return (
    <header className={classes.head} role="status">
      <IconCircleCheck className={classes.tick} size={22} stroke={1.75} aria-hidden />
      <div>
        <h2 id="connect-chatgpt" className={classes.title}>
          {app} is connected
        </h2>
        <p className={classes.lead}>Its calls arrive here. Press Refresh in ChatGPT when you add connections or tools.</p>
      </div>
      {onClose && (
        <Button variant="default" onClick={onClose}>
          Done
        </Button>
      )}
    </header>
  );
}
