import { beforeEach, expect, test } from "vitest";

import { quietBrowser } from "@/testing/browser";
import { renderApp } from "@/testing/render";
import { ownersSession } from "@/testing/samples";
import { serve } from "@/testing/server";

beforeEach(quietBrowser);

const AT = "/api/workspaces/engineering";

test("how the workspace offers its tools says why when it cannot be read", async () => {
  serve({
    "GET /api/session": { json: ownersSession },
    [`GET ${AT}/toolsets`]: { json: { items: [] } },
    [`GET ${AT}/tools`]: { json: { items: [] } },
    [`GET ${AT}/settings`]: { status: 500, json: { title: "Conducktor failed.", detail: "Nothing was changed." } },
  });
  const { screen } = renderApp("/w/engineering/toolsets");

  expect(await screen.findByText("Nothing was changed.")).toBeDefined();
});
