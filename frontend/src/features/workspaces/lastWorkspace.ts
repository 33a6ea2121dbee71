const KEY = "conducktor-last-workspace";

/** The workspace that this browser showed last; where `/` leads. */
export function lastWorkspace(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined; // Storage may be switched off.
  }
}

export function rememberWorkspace(slug: string): void {
  try {
    localStorage.setItem(KEY, slug);
  } catch {
    // Then `/` leads to the first workspace.
  }
}
