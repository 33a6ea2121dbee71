import { screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { renderPiece } from "@/testing/render";

import { CodeBlock } from "./CodeBlock";
import { CopyField } from "./CopyField";
import { JsonView } from "./JsonView";

test("a value is copied whole, and the button says so", async () => {
  const { user } = renderPiece(<CopyField label="Server URL" value="https://conducktor.example.com/api/conducktor-mcp" />);

  await user.click(screen.getByRole("button", { name: "Copy Server URL" }));

  expect(await screen.findByText("Copied")).toBeDefined();
  expect(await navigator.clipboard.readText()).toBe("https://conducktor.example.com/api/conducktor-mcp");
});

test("a long text is folded, never cut", async () => {
  const { user } = renderPiece(<CodeBlock label="Reply" foldAfter={2} text={"one\ntwo\nthree"} />);
  expect(screen.queryByText(/three/)).toBeNull();

  await user.click(screen.getByRole("button", { name: "Show all 3 lines" }));

  expect(screen.getByText(/three/)).toBeDefined();
});

test("a hidden character in a text is shown with its code", () => {
  renderPiece(<CodeBlock label="Reply" text={"pay\u202Eeve"} />);

  expect(screen.getByTitle(/U\+202E: right-to-left override/).textContent).toContain("U+202E");
});

test("branches of JSON fold, with what they hold counted", async () => {
  const { user } = renderPiece(
    <JsonView label="Arguments" openDepth={1} value={{ title: "Login bug", labels: ["a", "b"], empty: {} }} />,
  );
  expect(screen.getByText(/"Login bug"|Login bug/)).toBeDefined();
  expect(screen.queryByText("b")).toBeNull();

  await user.click(screen.getByRole("button", { name: /labels.*2 entries/ }));

  expect(screen.getByRole("figure", { name: "Arguments" }).textContent).toContain('"b"');
});

test("long strings and long lists unfold step by step", async () => {
  const value = { text: "x".repeat(500), list: Array.from({ length: 150 }, (_, index) => index) };
  const { user } = renderPiece(<JsonView label="Result" value={value} />);

  await user.click(screen.getByRole("button", { name: "Show all 500 characters" }));
  expect(screen.getByText(new RegExp(`x{500}`))).toBeDefined();
  await user.click(screen.getByRole("button", { name: "50 more" }));
  expect(screen.getByText("149")).toBeDefined();
});

test("keys and values of JSON show hidden characters too", () => {
  renderPiece(<JsonView label="Arguments" value={{ "to\u200B": "eve\u{E0041}" }} />);

  expect(screen.getByTitle(/U\+200B/)).toBeDefined();
  expect(screen.getByTitle(/U\+E0041/)).toBeDefined();
});
