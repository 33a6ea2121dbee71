export interface TimeZoneChoice {
  value: string;
  label: string;
}

/** Every zone this browser knows, each with its distance from UTC at that moment: `Europe/Berlin (UTC+1)`. */
export function timeZoneChoices(now: Date, current: string): TimeZoneChoice[] {
  const known = Intl.supportedValuesOf("timeZone");
  const zones = new Set(["UTC", ...known, current]);
  return [...zones].map((zone) => ({ value: zone, label: `${zone.replaceAll("_", " ")} (${offsetOf(zone, now)})` }));
}

/** The wall clock there: `Mon 14:05`. */
export function clockIn(zone: string, now: Date): string {
  return new Intl.DateTimeFormat("en-GB", { timeZone: zone, weekday: "short", hour: "2-digit", minute: "2-digit" }).format(now);
}

function offsetOf(zone: string, now: Date): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "shortOffset" }).formatToParts(now);
  const offset = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  return offset.replace("GMT", "UTC");
}
