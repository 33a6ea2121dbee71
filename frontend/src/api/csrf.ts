const COOKIE = "__Host-conducktor-csrf";

/** The token that the server expects back in `X-CSRF-Token` on every request that changes something. */
export function csrfToken(cookies: string = document.cookie): string | undefined {
  for (const pair of cookies.split("; ")) {
    const [name, value] = split(pair);
    if (name === COOKIE && value) return decodeURIComponent(value);
  }
  return undefined;
}

/** Only the first `=` separates: the value may hold others. */
function split(pair: string): [string, string] {
  const at = pair.indexOf("=");
  return at < 0 ? [pair, ""] : [pair.slice(0, at), pair.slice(at + 1)];
}
