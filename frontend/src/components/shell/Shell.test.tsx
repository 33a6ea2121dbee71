import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { renderPiece } from "@/testing/render";
import { adasSession } from "@/testing/samples";

import { Shell } from "./Shell";

const [acme, fieldTests] = adasSession.workspaces;
const ada = { name: "Ada Lindgren", email: "ada@example.com" };

test("the rail leads to the pages of this workspace", () => {
  renderShell();

  const rail = screen.getByRole("navigation", { name: "Workspace" });
  expect(within(rail).getByRole("link", { name: "Audit" }).getAttribute("href")).toBe("/w/acme/audit");
});

test("another workspace is one choice away", async () => {
  const { user } = renderShell();

  await user.click(screen.getByRole("button", { name: /Acme engineering/ }));

  expect((await screen.findByRole("menuitem", { name: /Field tests/ })).getAttribute("href")).toBe("/w/field-tests");
});

test("the keyboard's first stop skips the rail", async () => {
  const { user } = renderShell();

  await user.tab();

  expect(document.activeElement).toBe(screen.getByRole("link", { name: "Skip to content" }));
});

test("Ctrl-K opens the palette, which finds pages by other words too", async () => {
  const { user } = renderShell();

  await user.keyboard("{Control>}k{/Control}");
  await user.type(await screen.findByLabelText("Go to a page or connection"), "people");

  expect(screen.getByRole("button", { name: "Members" })).toBeDefined();
});

test("signing out is in the account menu", async () => {
  const { user, onSignOut } = renderShell();

  await user.click(screen.getByRole("button", { name: "Account: Ada Lindgren" }));
  await user.click(await screen.findByRole("menuitem", { name: "Sign out" }));

  expect(onSignOut).toHaveBeenCalledOnce();
});

test("the theme is chosen and kept", async () => {
  const { user } = renderShell();

  await user.click(screen.getByRole("button", { name: "Theme" }));
  await user.click(await screen.findByRole("menuitemradio", { name: "Dark" }));

  expect(document.documentElement.dataset.mantineColorScheme).toBe("dark");
  expect(localStorage.getItem("conducktor-color-scheme")).toBe("dark");
});

function renderShell() {
  const onSignOut = vi.fn();
  const result = renderPiece(
    <Shell person={ada} workspace={acme!} workspaces={[acme!, fieldTests!]} onSignOut={onSignOut}>
      <p>content</p>
    </Shell>,
  );
  return { ...result, onSignOut };
}
