import { within } from "@testing-library/react";
import { beforeEach, expect, test } from "vitest";

import type { ChannelView, Permission } from "@/api/generated/schema";
import { quietBrowser } from "@/testing/browser";
import { channelOf } from "@/testing/notices";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { type Answers, serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering/notices";
const HERE = "/w/engineering/settings/notifications";
const NOBODY = "This installation has no mail server, and no channel is set up for this.";

test("it says who would be told of what, and what became of the last message", async () => {
  serveChannels([channelOf({ last_problem: "It answered with status 410." })]);
  const { screen } = renderApp(HERE);

  expect(await screen.findByText("It answered with status 410.")).toBeDefined();
  expect(screen.getByText("Approvals: over Team chat")).toBeDefined();
  expect(screen.getByText("Budgets: nobody would be told")).toBeDefined();
});

test("a signed webhook shows the secret that was made, once", async () => {
  const webhook = channelOf({ id: "2", name: "Desk", kind: "webhook" });
  const asked = serveChannels([], { [`POST ${AT}/channels`]: { json: { channel: webhook, secret: "made-for-you" } } });
  const { user, screen } = renderApp(HERE);

  await user.click((await screen.findAllByRole("button", { name: "Add channel" }))[0]!);
  const dialog = await screen.findByRole("dialog", { name: "Add a channel" });
  await user.click(within(dialog).getByLabelText("Signed webhook"));
  await user.type(within(dialog).getByLabelText("Name"), "Desk");
  await user.type(within(dialog).getByLabelText("Address"), "https://desk.example.com/hook");
  await user.click(within(dialog).getByRole("button", { name: "Add channel" }));

  expect(await within(dialog).findByText("made-for-you")).toBeDefined();
  expect(asked.find(({ route }) => route === `POST ${AT}/channels`)?.body).toEqual({
    name: "Desk",
    kind: "webhook",
    topics: ["approvals", "budgets", "connections"],
    url: "https://desk.example.com/hook",
  });
});

test("a test that fails says why", async () => {
  const problem = "It could not be reached.";
  let channel = channelOf();
  serveChannels([], {
    [`GET ${AT}/channels`]: () => ({ json: [channel] }),
    [`POST ${AT}/channels/${channel.id}/test`]: () => {
      channel = channelOf({ last_problem: problem });
      return { json: { problem, channel } };
    },
  });
  const { user, screen } = renderApp(HERE);

  await user.click(await screen.findByRole("button", { name: "Test Team chat" }));

  expect(await screen.findByText(problem)).toBeDefined();
});

test("whoever may not change the workspace is told who can", async () => {
  serveChannels([], {}, []);
  const { screen } = renderApp(HERE);

  expect(await screen.findByText("You do not have this permission")).toBeDefined();
});

function serveChannels(channels: ChannelView[], more: Answers = {}, permissions: Permission[] = ["workspace:write"]) {
  const [engineering] = ownersSession.workspaces;
  const topics = [
    { topic: "approvals", is_told: true, by_mail: false, channels: ["Team chat"], reason: null },
    { topic: "budgets", is_told: false, by_mail: false, channels: [], reason: NOBODY },
  ];
  return serve({
    "GET /api/session": { json: { ...ownersSession, workspaces: [{ ...engineering, permissions }] } },
    [`GET ${AT}/channels`]: { json: channels },
    [`GET ${AT}/reach`]: { json: { topics } },
    ...more,
  });
}
