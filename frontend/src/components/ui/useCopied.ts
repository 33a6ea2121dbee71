import { useEffect, useRef, useState } from "react";

import { copyText } from "./copyText";

const SHOWN_MS = 2_000;

export type CopyOutcome = "idle" | "copied" | "refused";

/** Copies and says for two seconds how it went. */
export function useCopied(text: string): [CopyOutcome, () => void] {
  const [outcome, setOutcome] = useState<CopyOutcome>("idle");
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
    },
    [],
  );

  function copy() {
    void copyText(text).then((worked) => {
      setOutcome(worked ? "copied" : "refused");
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        setOutcome("idle");
      }, SHOWN_MS);
    });
  }
  return [outcome, copy];
}
