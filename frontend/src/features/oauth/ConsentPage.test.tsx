import { screen } from "@testing-library/react";
import { expect, test, vi } from "vitest";

import { ApiProblem } from "@/api/ApiProblem";
import { renderPiece } from "@/testing/render";

import type { ConsentDecision, ConsentView } from "./consent";
import { ConsentPage } from "./ConsentPage";

const VIEW: ConsentView = {
  client: {
    id: "chatgpt-mcp-client",
    name: "ChatGPT",
    kind: "static",
    verified: true,
    redirect_host: "chatgpt.com",
    is_loopback: false,
    homepage: null,
  },
  user: { id: "1", name: "Workspace owner", email: "owner@example.com" },
  email_verified: true,
  workspaces: [
    { slug: "engineering", name: "Engineering", role: "owner", may: ["connections", "tools", "usage", "manage"] },
    { slug: "field-tests", name: "Field tests", role: "contractor", may: ["connections", "tools"] },
  ],
  last_workspace: "engineering",
  permissions: [
    { scope: "connections", title: "Access to your MCP connections", description: "See them.", optional: false, requested: true },
    { scope: "tools", title: "Execute tools on your behalf", description: "Call them.", optional: false, requested: true },
    { scope: "usage", title: "View usage analytics", description: "Count them.", optional: false, requested: true },
    { scope: "manage", title: "Manage this workspace", description: "Change them.", optional: true, requested: true },
  ],
  part: null,
};

test("it says who asks, as whom, and where the answer goes", () => {
  consent(VIEW);

  expect(screen.getByRole("heading", { name: "Authorize ChatGPT" })).toBeDefined();
  expect(screen.getByText("owner@example.com")).toBeDefined();
  expect(screen.getByText("chatgpt.com")).toBeDefined();
  expect(screen.getByText("Verified: the answer goes to chatgpt.com only")).toBeDefined();
});

test("an app that asks for one toolset or connection only says so", () => {
  consent({ ...VIEW, part: { kind: "toolset", name: "support" } });

  expect(screen.getByText("Only the toolset support")).toBeDefined();
  expect(screen.getByText(/for nothing else of the workspace/)).toBeDefined();
});

test("authorizing grants the standing permissions; optional ones start unticked even when asked for", async () => {
  const { user, onDecide, onLeave } = consent(VIEW);

  await user.click(screen.getByRole("button", { name: "Authorize" }));

  expect(onDecide).toHaveBeenCalledWith({
    decision: "authorize",
    workspace: "engineering",
    scopes: ["connections", "tools", "usage"],
  });
  expect(onLeave).toHaveBeenCalledWith("https://chatgpt.com/back");
});

test("a ticked optional permission is granted", async () => {
  const { user, onDecide } = consent(VIEW);

  await user.click(screen.getByRole("checkbox", { name: "Manage this workspace" }));
  await user.click(screen.getByRole("button", { name: "Authorize" }));

  expect(onDecide.mock.calls[0]?.[0].scopes).toContain("manage");
});

test("in a workspace where the role allows less, less is offered and granted", async () => {
  const { user, onDecide } = consent(VIEW);

  await user.click(screen.getByRole("checkbox", { name: "Manage this workspace" }));
  await user.click(screen.getByRole("combobox", { name: "Workspace" }));
  await user.click(await screen.findByRole("option", { name: "Field tests (contractor)" }));

  expect(screen.queryByRole("checkbox")).toBeNull();
  expect(screen.getByText("Not granted: your role in this workspace (contractor) does not include it.")).toBeDefined();
  await user.click(screen.getByRole("button", { name: "Authorize" }));
  expect(onDecide).toHaveBeenCalledWith({ decision: "authorize", workspace: "field-tests", scopes: ["connections", "tools"] });
});

test("cancelling also goes back to the client", async () => {
  const { user, onDecide, onLeave } = consent(VIEW);

  await user.click(screen.getByRole("button", { name: "Cancel" }));

  expect(onDecide).toHaveBeenCalledWith({ decision: "cancel" });
  expect(onLeave).toHaveBeenCalledOnce();
});

test("an unverified client and a program on this computer are warned of", () => {
  consent({ ...VIEW, client: { ...VIEW.client, verified: false, is_loopback: true } });

  expect(screen.getByText(/Anybody can register an app/)).toBeDefined();
  expect(screen.getByText("program on this computer")).toBeDefined();
});

test("without a workspace there is nothing to authorize", () => {
  consent({ ...VIEW, workspaces: [], last_workspace: null });

  expect(screen.getByRole<HTMLButtonElement>("button", { name: "Authorize" }).disabled).toBe(true);
  expect(screen.getByText(/You belong to no workspace yet/)).toBeDefined();
});

test("a refusal is shown, and nobody is sent anywhere", async () => {
  const { user, onLeave } = consent(VIEW, () => Promise.reject(new ApiProblem(404, { title: "This request has expired." })));

  await user.click(screen.getByRole("button", { name: "Authorize" }));

  expect((await screen.findByRole("alert")).textContent).toContain("This request has expired.");
  expect(onLeave).not.toHaveBeenCalled();
});

function consent(view: ConsentView, answer = () => Promise.resolve({ redirect_to: "https://chatgpt.com/back" })) {
  const onDecide = vi.fn<(decision: ConsentDecision) => Promise<{ redirect_to: string }>>(answer);
  const onLeave = vi.fn();
  const result = renderPiece(<ConsentPage view={view} onDecide={onDecide} onSwitchAccount={vi.fn()} onLeave={onLeave} />);
  return { ...result, onDecide, onLeave };
}
