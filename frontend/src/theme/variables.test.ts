import { convertCssVariables, DEFAULT_THEME, defaultCssVariablesResolver, mergeMantineTheme } from "@mantine/core";
import { expect, test } from "vitest";

import { cssVariablesResolver, theme } from "./theme";

test("variables.css says what the theme says (rewrite it with `npx vitest run src/theme -u`)", async () => {
  const merged = mergeMantineTheme(DEFAULT_THEME, theme);
  const ours = defaultCssVariablesResolver(merged);
  const extra = cssVariablesResolver(merged);
  const mantine = defaultCssVariablesResolver(DEFAULT_THEME);
  const css = convertCssVariables(
    {
      variables: changed({ ...ours.variables, ...extra.variables }, mantine.variables),
      light: changed({ ...ours.light, ...extra.light }, mantine.light),
      dark: changed({ ...ours.dark, ...extra.dark }, mantine.dark),
    },
    ":root",
  );

  await expect(onePerLine(css)).toMatchFileSnapshot("./variables.css");
});

type Variables = Record<`--${string}`, string>;

/** Hues of Mantine that no page uses; their variables would only be weight. */
const UNUSED = /^--mantine-color-(pink|grape|violet|indigo|blue|cyan|teal|green|lime|yellow|orange)-/;

function changed(ours: Variables, mantine: Variables): Variables {
  const entries = Object.entries(ours).filter(([name, value]) => {
    return !UNUSED.test(name) && (mantine[name as `--${string}`] !== value || name === "--mantine-color-scheme");
  });
  return Object.fromEntries(entries);
}

function onePerLine(css: string): string {
  const body = css
    .replaceAll(/\s*([{};])\s*/g, "$1")
    .replaceAll("{", " {\n")
    .replaceAll(/;?}/g, ";\n}\n")
    .replaceAll(/;(?!\n)/g, ";\n");
  return `/* Written by variables.test.ts from theme.ts; do not edit. */\n${body.replaceAll(/^(?=--)/gm, "  ")}`;
}
