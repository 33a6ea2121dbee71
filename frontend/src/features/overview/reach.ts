/** From where an address can be reached: `machine` (loopback), `network` (private), `internet`; `insecure`: public, but not https. */
export type Reach = "machine" | "network" | "insecure" | "internet";

/** ChatGPT on the web calls from the internet and needs https, so only `internet` will do for it. */
export function reachOf(origin: string): Reach {
  const { hostname, protocol } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, "");
  if (isLoopback(host)) return "machine";
  if (isPrivate(host)) return "network";
  return protocol === "https:" ? "internet" : "insecure";
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "::1" || host.startsWith("127.");
}

/** RFC 1918 and 4193, link-local, names of a local network (RFC 6762, 8375, `.internal`), and names without a dot. */
function isPrivate(host: string): boolean {
  if (host.includes(":")) return /^(f[cd]|fe[89ab])/i.test(host);
  if (/^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.)/.test(host)) return true;
  return !host.includes(".") || /\.(local|internal|lan|home\.arpa)$/.test(host);
}
