import classes from "./ServiceAvatar.module.css";

export interface ServiceAvatarProps {
  name: string;
  size?: "sm" | "md" | "lg";
  shape?: "square" | "round";
}

/** Initials on a colour that stays the same for the same name, on every page and machine. Decorative: the name stands beside it. */
export function ServiceAvatar({ name, size = "md", shape = "square" }: ServiceAvatarProps) {
  return (
    <span className={classes.avatar} data-size={size} data-shape={shape} data-hue={hueOf(name)} aria-hidden>
      {initialsOf(name)}
    </span>
  );
}

export const HUES = 8;

/** FNV-1a over the name in lower case: `Linear` and `linear` look alike. */
export function hueOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const character of name.toLowerCase()) {
    hash ^= character.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0) % HUES;
}

/** `GitHub main` → GM, `linear-prod` → LP, `notion` → N. */
export function initialsOf(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const letters = words.slice(0, 2).map((word) => Array.from(word)[0] ?? "");
  return letters.join("").toUpperCase() || "?";
}
