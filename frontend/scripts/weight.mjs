/**
 * Fails when a first load weighs more than 250 kB of gzipped JS and CSS: the entry, and the heaviest page with the layout around it.
 * Builds in memory, so it says what is in the working tree, not what happens to be in dist/.
 */
import { gzipSync } from "node:zlib";

import { build } from "vite";

const BUDGET_KB = 250;
/** Every page is drawn within this one, but for those before a workspace is chosen. */
const LAYOUT = "WorkspaceRoute";
const OUTSIDE = ["identityRoutes", "NewWorkspaceRoute", "ConsentRoute"];

const built = await build({ logLevel: "error", build: { write: false } });
const output = Array.isArray(built) ? built.flatMap((one) => one.output) : "output" in built ? built.output : [];
const files = new Map(output.map((file) => [file.fileName, file]));
const chunks = output.filter((file) => file.type === "chunk");
const layout = chunks.find((chunk) => chunk.name === LAYOUT);
const entry = chunks.find((chunk) => chunk.isEntry);
if (!entry || !layout) throw new Error(`There is no entry or no ${LAYOUT} in the build.`);

// What the map itself loads lazily are the pages; the rest (palette, dialogs) is not needed to draw one.
const pages = chunks.filter((chunk) => entry.dynamicImports.includes(chunk.fileName));
const weights = pages
  .map((page) => ({ name: page.name, kb: weigh(needed(OUTSIDE.includes(page.name) ? [entry, page] : [entry, layout, page])) }))
  .toSorted((a, b) => b.kb - a.kb);
for (const { name, kb } of weights) console.log(`${kb.toFixed(1).padStart(7)} kB  ${name}`);

const heaviest = weights[0];
if (heaviest && heaviest.kb > BUDGET_KB) {
  console.error(
    `\n${heaviest.name} weighs ${heaviest.kb.toFixed(1)} kB on first load; ${String(BUDGET_KB)} kB is the budget. Load parts of it lazily.`,
  );
  process.exit(1);
}

/**
 * The chunks, what they import statically, and the style sheets of all of them.
 * @param {typeof chunks} starts
 */
function needed(starts) {
  /** @type {Set<string>} */
  const names = new Set();
  /** @param {string} name */
  const visit = (name) => {
    const file = files.get(name);
    if (!file || names.has(name)) return;
    names.add(name);
    if (file.type !== "chunk") return;
    for (const imported of file.imports) visit(imported);
    for (const sheet of file.viteMetadata?.importedCss ?? []) visit(sheet);
  };
  for (const start of starts) visit(start.fileName);
  return names;
}

/** @param {Set<string>} names */
function weigh(names) {
  let bytes = 0;
  for (const name of names) {
    const file = files.get(name);
    if (file) bytes += gzipSync(file.type === "chunk" ? file.code : file.source, { level: 9 }).length;
  }
  return bytes / 1000;
}
