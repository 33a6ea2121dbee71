import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { ApiProblem } from "@/api/ApiProblem";
import { renderPiece } from "@/testing/render";

import { ConfirmDialog, type ConfirmDialogProps } from "./ConfirmDialog";

test("the question names the thing and what goes with it", async () => {
  await ask({});

  expect(screen.getByRole("dialog", { name: "Delete connection “linear-prod”?" })).toBeDefined();
  expect(screen.getByText("Its credential is erased.")).toBeDefined();
});

test("it closes once the deed is done", async () => {
  const { user, onClose, onConfirm } = await ask({});

  await user.click(screen.getByRole("button", { name: "Delete connection" }));

  expect(onConfirm).toHaveBeenCalledOnce();
  expect(onClose).toHaveBeenCalledOnce();
});

test("a refusal is shown and the question stays", async () => {
  const refused = () => Promise.reject(new ApiProblem(409, { title: "It is in use.", detail: "A workflow calls it." }));
  const { user, onClose } = await ask({ onConfirm: vi.fn(refused) });

  await user.click(screen.getByRole("button", { name: "Delete connection" }));

  expect((await screen.findByRole("alert")).textContent).toContain("It is in use. A workflow calls it.");
  expect(onClose).not.toHaveBeenCalled();
});

test("what cannot be undone wants the name typed first", async () => {
  const { user, onConfirm } = await ask({ mustTypeName: true });
  const button = screen.getByRole<HTMLButtonElement>("button", { name: "Delete connection" });
  expect(button.disabled).toBe(true);

  await user.type(screen.getByLabelText("Type linear-prod to confirm"), "linear-prod{Enter}");

  expect(onConfirm).toHaveBeenCalledOnce();
});

async function ask(props: Partial<ConfirmDialogProps>) {
  const onConfirm = vi.fn(() => Promise.resolve());
  const onClose = vi.fn();
  const given = {
    verb: "Delete connection",
    name: "linear-prod",
    consequences: ["Its credential is erased."],
    onConfirm,
    onClose,
    ...props,
  };
  const result = renderPiece(<ConfirmDialog isOpen {...given} />);
  await screen.findByRole("dialog");
  return { ...result, onConfirm: given.onConfirm, onClose };
}
