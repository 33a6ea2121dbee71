import { Button, type ButtonProps, Tooltip } from "@mantine/core";
import type { MouseEventHandler, Ref } from "react";

export interface GuardedButtonProps extends ButtonProps {
  /** Why it cannot be pressed, and who can change that. `undefined`: it can. */
  whyNot: string | undefined;
  type?: "button" | "submit";
  ref?: Ref<HTMLButtonElement>;
  onClick?: MouseEventHandler<HTMLButtonElement>;
}

/** A button that stays where it is when it may not be pressed, and says why to pointer, finger, keyboard and screen reader. */
export function GuardedButton({ whyNot, type = "button", onClick, ...look }: GuardedButtonProps) {
  if (whyNot === undefined) return <Button {...look} type={type} onClick={onClick} />;
  return (
    <Tooltip label={whyNot} multiline w={280} events={EVENTS}>
      <Button {...look} type="button" data-disabled aria-disabled aria-description={whyNot} />
    </Tooltip>
  );
}

const EVENTS = { hover: true, focus: true, touch: true };
