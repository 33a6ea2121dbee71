import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { expect, test } from "vitest";

/* Mantine ships one style sheet per component; all of them together would be a sixth of what a first load may weigh. */

const MANTINE = resolve("node_modules/@mantine");
const CORE = join(MANTINE, "core/esm");
const ALWAYS = ["default-css-variables", "baseline", "global"];

test("mantine.css holds the styles of every component we use (rewrite it with `npx vitest run scripts -u`)", async () => {
  const files = new Set(usedComponents().flatMap((name) => closure(componentFiles.get(name))));
  const sheets = [...files].map((file) => /([^/]+)\.module\.mjs$/.exec(file)?.[1]).filter((name) => name !== undefined);
  const imports = [...ALWAYS, ...inMantinesOrder(sheets)].map((name) => `@import "@mantine/core/styles/${name}.layer.css";`);

  const css = [
    "/* Written by mantineStyles.test.ts; do not edit. The order is Mantine's: later sheets build on earlier ones. */",
    ...imports,
  ];
  await expect(`${css.join("\n")}\n`).toMatchFileSnapshot("../src/theme/mantine.css");
});

const componentFiles = new Map(
  [...read(join(CORE, "index.mjs")).matchAll(/^import \{ ([^}]+) \} from "(\.\/[^"]+)";$/gm)].flatMap(
    ([, names = "", path = ""]) =>
      names.split(", ").map((name) => [name.split(" as ").at(-1) ?? name, join(CORE, path)] as const),
  ),
);

function usedComponents(): string[] {
  const folders = ["src", join(MANTINE, "notifications/esm"), join(MANTINE, "spotlight/esm")];
  return folders
    .flatMap(sources)
    .flatMap((file) =>
      [...read(file).matchAll(/import \{([^}]+)\} from "@mantine\/core";/g)].flatMap(([, names = ""]) =>
        names.split(",").map((name) => name.replace(/\btype\b/, "").trim()),
      ),
    );
}

function sources(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf-8" });
  return names.filter((name) => /\.(tsx?|mjs)$/.test(name)).map((name) => join(folder, name));
}

/** The file and all it imports, as long as it stays within Mantine. */
function closure(file: string | undefined, seen = new Set<string>()): string[] {
  if (file === undefined || seen.has(file)) return [];
  seen.add(file);
  for (const [, path = ""] of read(file).matchAll(/^import [^"]*"(\.[^"]+)";$/gm)) closure(join(dirname(file), path), seen);
  return [...seen];
}

function inMantinesOrder(sheets: readonly string[]): string[] {
  const all = read(join(MANTINE, "core/styles.css"));
  const place = (name: string) => all.indexOf(firstRule(read(join(MANTINE, `core/styles/${name}.css`))));
  return [...new Set(sheets)].toSorted((a, b) => place(a) - place(b));
}

function firstRule(css: string): string {
  return /\.m_[0-9a-z]+/.exec(css)?.[0] ?? css;
}

function read(file: string): string {
  return readFileSync(file, "utf-8");
}
