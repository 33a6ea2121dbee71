export interface Segment {
  kind: "same" | "removed" | "added";
  text: string;
}

/** Words and signs (each with the space before it) beyond which the middle is shown as wholly replaced: the work grows with the square. */
const COMPARED_WORDS = 1_500;

/**
 * How one text became another, word by word. In a long description a single changed word is what an attacker counts on nobody seeing.
 * The segments that are not `added` make up `before`, those that are not `removed` make up `after`.
 */
export function wordDiff(before: string, after: string): Segment[] {
  const a = wordsOf(before);
  const b = wordsOf(after);
  const start = commonLength(a, b, (index) => index);
  const end = commonLength(a.slice(start), b.slice(start), (index, length) => length - 1 - index);
  const middle = middleOf(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return merged([
    { kind: "same", text: a.slice(0, start).join("") },
    ...middle,
    { kind: "same", text: a.slice(a.length - end).join("") },
  ]);
}

function wordsOf(text: string): string[] {
  return text.match(/\s*(?:[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s])|\s+$/gu) ?? [];
}

function commonLength(a: readonly string[], b: readonly string[], place: (index: number, length: number) => number): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  while (count < most && a[place(count, a.length)] === b[place(count, b.length)]) count += 1;
  return count;
}

function middleOf(a: readonly string[], b: readonly string[]): Segment[] {
  if (a.length > COMPARED_WORDS || b.length > COMPARED_WORDS) {
    return [
      { kind: "removed", text: a.join("") },
      { kind: "added", text: b.join("") },
    ];
  }
  return walk(a, b, commonTails(a, b));
}

/** `tails[i][j]` is the length of the longest common subsequence of what follows in both. */
function commonTails(a: readonly string[], b: readonly string[]): Uint16Array[] {
  const tails = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const kept = a[i] === b[j] ? at(tails, i + 1, j + 1) + 1 : Math.max(at(tails, i + 1, j), at(tails, i, j + 1));
      (tails[i] as Uint16Array)[j] = kept;
    }
  }
  return tails;
}

function walk(a: readonly string[], b: readonly string[], tails: readonly Uint16Array[]): Segment[] {
  const segments: Segment[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && a[i] === b[j]) {
      segments.push({ kind: "same", text: a[i] ?? "" });
      i += 1;
      j += 1;
    } else if (j === b.length || (i < a.length && at(tails, i + 1, j) >= at(tails, i, j + 1))) {
      segments.push({ kind: "removed", text: a[i] ?? "" });
      i += 1;
    } else {
      segments.push({ kind: "added", text: b[j] ?? "" });
      j += 1;
    }
  }
  return segments;
}

function at(tails: readonly Uint16Array[], i: number, j: number): number {
  return tails[i]?.[j] ?? 0;
}

/** Neighbours of one kind become one segment; empty ones go. */
function merged(segments: readonly Segment[]): Segment[] {
  const result: Segment[] = [];
  for (const segment of segments) {
    const last = result.at(-1);
    if (segment.text === "") continue;
    if (last?.kind === segment.kind) last.text += segment.text;
    else result.push({ ...segment });
  }
  return result;
}
