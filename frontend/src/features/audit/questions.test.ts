import { describe, expect, it } from "vitest";

import { questionsOf } from "./questions";

describe("questions of a service", () => {
  it("says what was asked and what became of it", () => {
    const questions = [
      { key: "a", method: "elicitation/create", mode: "url", host: "example.com", answer: "decline" },
      { key: "b", method: "elicitation/create", mode: "form" },
      { key: "b", answer: "accept" },
      { key: "c", method: "roots/list", refused: "The client does not offer roots/list" },
    ];
    expect(questionsOf({ questions })).toEqual([
      "To open a link on example.com: declined",
      "A form for the person",
      "An earlier question: accepted",
      "The app’s folders: not put to anybody. The client does not offer roots/list",
    ]);
  });

  it("takes nothing for granted", () => {
    expect(questionsOf(null)).toEqual([]);
    expect(questionsOf({ questions: "odd" })).toEqual([]);
    expect(questionsOf({ questions: [null, 1, { method: "new/kind" }] })).toEqual(["new/kind"]);
  });
});
