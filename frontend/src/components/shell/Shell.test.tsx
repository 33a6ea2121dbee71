import { screen, within } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { renderPiece } from "@/testing/render";
import { ownersSession } from "@/testing/samples";

import { Shell } from "./Shell";

const [engineering, fieldTests] = ownersSession.workspaces;
const owner = { name: "Workspace owner", email: "owner@example.com" };

test("the rail leads to the pages of this workspace", () => {
  renderShell();

  const rail = screen.getByRole("navigation", { name: "Workspace" });
  expect(within(rail).getByRole("link", { name: "Audit" }).getAttribute("href")).toBe("/w/engineering/audit");
});

test("another workspace is one choice away", async () => {
  const { user } = renderShell();

  await user.click(screen.getByRole("button", { name: /Engineering/ }));

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

  await user.click(screen.getByRole("button", { name: "Account: Workspace owner" }));
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
    <Shell person={owner} workspace={engineering!} workspaces={[engineering!, fieldTests!]} onSignOut={onSignOut}>
      <p>content</p>
    </Shell>,
  );
  return { ...result, onSignOut };
}
