const AND = new Intl.ListFormat("en-GB", { type: "conjunction" });
const OR = new Intl.ListFormat("en-GB", { type: "disjunction" });

/** `a, b and c`; a long list names the first and counts the rest. */
export function allOf(words: readonly string[]): string {
  return AND.format(shortened(words));
}

/** `a, b or c`. */
export function oneOf(words: readonly string[]): string {
  return OR.format(shortened(words));
}

const NAMED_MAX = 4;

function shortened(words: readonly string[]): string[] {
  if (words.length <= NAMED_MAX) return [...words];
  return [...words.slice(0, NAMED_MAX - 1), `${String(words.length - NAMED_MAX + 1)} more`];
}

export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
