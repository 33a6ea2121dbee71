import { useRef, useState } from "react";

export interface SteadyRows<Row> {
  rows: readonly Row[];
  /** How many rows wait to be shown. */
  waiting: number;
  showNow: () => void;
  /** For the element that holds the rows. */
  hold: {
    onPointerEnter: () => void;
    onPointerLeave: () => void;
    onFocus: () => void;
    onBlur: () => void;
  };
}

/**
 * Keeps rows in their places while the pointer or the focus is on them, so that a live update never moves what somebody is about to press.
 * Cells change in place; rows that arrive wait until the pointer leaves or `showNow`. Rows at the end (the next page) come at once.
 */
export function useSteadyRows<Row>(latest: readonly Row[], keyOf: (row: Row) => string): SteadyRows<Row> {
  const [held, setHeld] = useState<readonly string[]>();
  const reasons = useRef({ pointer: false, focus: false });

  function update(reason: "pointer" | "focus", value: boolean) {
    reasons.current[reason] = value;
    const isHeld = reasons.current.pointer || reasons.current.focus;
    setHeld((before) => (isHeld ? (before ?? latest.map(keyOf)) : undefined));
  }

  const { rows, waiting } = held ? inHeldOrder(latest, held, keyOf) : { rows: latest, waiting: 0 };
  return {
    rows,
    waiting,
    showNow: () => {
      setHeld(undefined);
    },
    hold: {
      onPointerEnter: () => {
        update("pointer", true);
      },
      onPointerLeave: () => {
        update("pointer", false);
      },
      onFocus: () => {
        update("focus", true);
      },
      onBlur: () => {
        update("focus", false);
      },
    },
  };
}

/** The held rows in their order with today's content; those gone are left out; what comes after the last held one is appended. */
export function inHeldOrder<Row>(latest: readonly Row[], held: readonly string[], keyOf: (row: Row) => string) {
  const byKey = new Map(latest.map((row) => [keyOf(row), row]));
  const kept = held.map((key) => byKey.get(key)).filter((row) => row !== undefined);
  const heldKeys = new Set(held);
  const lastHeld = latest.findLastIndex((row) => heldKeys.has(keyOf(row)));
  const appended = latest.slice(lastHeld + 1);
  return { rows: [...kept, ...appended], waiting: latest.length - kept.length - appended.length };
}
