import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { renderPiece } from "@/testing/render";

import { type Filter, FilterChips } from "./FilterChips";

const FILTERS: readonly Filter<"outcome" | "tool">[] = [
  {
    key: "outcome",
    label: "Outcome",
    choices: [
      { value: "denied", label: "Denied" },
      { value: "ok", label: "OK" },
    ],
  },
  {
    key: "tool",
    label: "Tool",
    choices: Array.from({ length: 9 }, (_, index) => ({ value: `t${String(index)}`, label: `tool ${String(index)}` })),
  },
];

test("choosing sets the filter in the address", async () => {
  const onChange = vi.fn();
  const { user } = renderPiece(<FilterChips filters={FILTERS} values={{}} onChange={onChange} />);

  await user.click(screen.getByRole("button", { name: "Outcome" }));
  await user.click(await screen.findByRole("menuitem", { name: "Denied" }));

  expect(onChange).toHaveBeenCalledWith({ outcome: "denied" });
});

test("a set filter shows its value and can be taken away", async () => {
  const onChange = vi.fn();
  const { user } = renderPiece(<FilterChips filters={FILTERS} values={{ outcome: "denied" }} onChange={onChange} />);

  await user.click(screen.getByRole("button", { name: "Remove filter Outcome: Denied" }));

  expect(onChange).toHaveBeenCalledWith({ outcome: undefined });
});

test("a value that is no choice any more is shown as the address has it", () => {
  renderPiece(<FilterChips filters={FILTERS} values={{ tool: "gone" }} onChange={vi.fn()} />);

  expect(screen.getByRole("button", { name: "Remove filter Tool: gone" })).toBeDefined();
});

test("several filters are cleared at once", async () => {
  const onChange = vi.fn();
  const { user } = renderPiece(<FilterChips filters={FILTERS} values={{ outcome: "ok", tool: "t1" }} onChange={onChange} />);

  await user.click(screen.getByRole("button", { name: "Clear all" }));

  expect(onChange).toHaveBeenCalledWith({ outcome: undefined, tool: undefined });
});

test("many choices can be searched", async () => {
  const { user } = renderPiece(<FilterChips filters={FILTERS} values={{}} onChange={vi.fn()} />);

  await user.click(screen.getByRole("button", { name: "Tool" }));
  await user.type(await screen.findByLabelText("Find tool"), "tool 7");

  expect(screen.getAllByRole("menuitem").map((item) => item.textContent)).toEqual(["tool 7"]);
});
