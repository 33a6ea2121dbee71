/** A stretch of text that can be read as it is, or one character that cannot be seen or turns the text around. */
export type Segment = { kind: "text"; text: string } | { kind: "hidden"; code: string; name: string };

/**
 * Splits text where an attacker can hide words from the reader but not from a model: zero-width and format characters, bidirectional
 * overrides (CVE-2021-42574), tag characters, variation selectors outside emoji, controls, odd spaces.
 */
export function splitHidden(text: string): Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    if (isPartOfEmoji(text, match.index, match[0])) continue;
    if (match.index > from) segments.push({ kind: "text", text: text.slice(from, match.index) });
    segments.push(described(match[0]));
    from = match.index + match[0].length;
  }
  if (from < text.length) segments.push({ kind: "text", text: text.slice(from) });
  return segments;
}

export function hasHidden(text: string): boolean {
  return splitHidden(text).some((segment) => segment.kind === "hidden");
}

/** Everything of category Cf, Cc, Co and Zs/Zl/Zp, the blank letters, and variation selectors, but not space, tab and line breaks. */
const HIDDEN =
  /(?![ \t\n\r])[\p{Cf}\p{Cc}\p{Co}\p{Z}\u034F\u115F\u1160\u17B4\u17B5\u2800\u3164\uFFA0\uFE00-\uFE0F\u{E0100}-\u{E01EF}]/gu;

const JOINER = "\u200D";
const EMOJI_STYLE = "\uFE0F";
const EMOJI_BEFORE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Emoji}\uFE0F]$/u;

/** 👩‍💻 and ❤️ hold a joiner or a selector legitimately. */
function isPartOfEmoji(text: string, at: number, character: string): boolean {
  if (character !== JOINER && character !== EMOJI_STYLE) return false;
  if (!EMOJI_BEFORE.test(text.slice(Math.max(0, at - 2), at))) return false;
  return character === EMOJI_STYLE || /^\p{Extended_Pictographic}/u.test(text.slice(at + 1));
}

function described(character: string): Segment {
  const point = character.codePointAt(0) ?? 0;
  const code = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  return { kind: "hidden", code, name: NAMES.get(point) ?? kindOf(point) };
}

function kindOf(point: number): string {
  if (point >= 0xe0000 && point <= 0xe007f) return `tag character, read by models as “${String.fromCharCode(point - 0xe0000)}”`;
  if (point < 0x20 || (point >= 0x7f && point < 0xa0)) return "control character";
  if ((point >= 0xfe00 && point <= 0xfe0f) || point >= 0xe0100) return "variation selector";
  if (point >= 0x2000 && point <= 0x200a) return "unusual space";
  return "invisible character";
}

const NAMES = new Map<number, string>([
  [0x00a0, "no-break space"],
  [0x00ad, "soft hyphen"],
  [0x061c, "Arabic letter mark"],
  [0x200b, "zero-width space"],
  [0x200c, "zero-width non-joiner"],
  [0x200d, "zero-width joiner"],
  [0x200e, "left-to-right mark"],
  [0x200f, "right-to-left mark"],
  [0x2028, "line separator"],
  [0x2029, "paragraph separator"],
  [0x202a, "left-to-right embedding"],
  [0x202b, "right-to-left embedding"],
  [0x202c, "end of embedding"],
  [0x202d, "left-to-right override"],
  [0x202e, "right-to-left override: what follows is shown backwards"],
  [0x2060, "word joiner"],
  [0x2066, "left-to-right isolate"],
  [0x2067, "right-to-left isolate"],
  [0x2068, "first-strong isolate"],
  [0x2069, "end of isolate"],
  [0xfeff, "zero-width no-break space"],
]);
