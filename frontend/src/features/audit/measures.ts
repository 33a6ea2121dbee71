/** `0.8 ms`, `412 ms`, `1.4 s`, `2 min 5 s`. */
export function durationOf(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1_000) return `${String(Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`;
}

/** `412 B`, `1.4 kB`, `10.0 MB`, in powers of 1,000. */
export function sizeOf(bytes: number): string {
  if (bytes < 1_000) return `${String(bytes)} B`;
  return bytes < 999_950 ? `${(bytes / 1_000).toFixed(1)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
