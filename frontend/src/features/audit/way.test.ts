import { describe, expect, it } from "vitest";

import { wayOf } from "./way";

describe("the way of a call", () => {
  it("says the toolset, the executor, whose account it took and with which entry it began", () => {
    const decision = { toolset: "billing", executor: "run_read_tool", account: "own", continues: "0199" };
    expect(wayOf(decision)).toEqual({ toolset: "billing", executor: "run_read_tool", isOwnAccount: true, continues: "0199" });
  });

  it("takes nothing for granted", () => {
    expect(wayOf(null)).toEqual({ isOwnAccount: false });
    expect(wayOf({ toolset: 1, executor: null, account: {}, continues: ["0199"] })).toEqual({ isOwnAccount: false });
  });
});
