/* Money is an integer number of micro-USD, as the server has it: 1,000,000 is one dollar. */

const MICRO = 1_000_000;

/** `$23.45`, `$12`, as the product's messages print it; below a cent as exact as it is: `$0.0004`. */
export function usd(microUsd: number): string {
  const cents = Math.round(Math.abs(microUsd) / 10_000);
  if (cents === 0) return exactUsd(microUsd);
  const sign = microUsd < 0 ? "-" : "";
  const whole = Math.floor(cents / 100).toLocaleString("en");
  const rest = cents % 100;
  return rest === 0 ? `${sign}$${whole}` : `${sign}$${whole}.${String(rest).padStart(2, "0")}`;
}

/** Every digit there is: `$0.0125`, `$1,250`. For prices, and for whoever adds up. */
export function exactUsd(microUsd: number): string {
  const sign = microUsd < 0 ? "-" : "";
  const digits = { minimumFractionDigits: microUsd % MICRO === 0 ? 0 : 2, maximumFractionDigits: 6 };
  return `${sign}$${(Math.abs(microUsd) / MICRO).toLocaleString("en", digits)}`;
}

/** As somebody types it: `12.5`. */
export function plainUsd(microUsd: number): string {
  const digits = String(microUsd % MICRO)
    .padStart(6, "0")
    .replace(/0+$/, "");
  const whole = String(Math.floor(microUsd / MICRO));
  return digits === "" ? whole : `${whole}.${digits}`;
}

/** What somebody typed, in micro-USD; `undefined` when it is not an amount, or finer than a millionth. */
export function microUsdOf(typed: string): number | undefined {
  const [, whole, fraction = ""] = /^\s*\$?\s*(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{0,6}))?\s*$/.exec(typed) ?? [];
  if (whole === undefined) return undefined;
  return Number(whole.replaceAll(",", "")) * MICRO + Number(fraction.padEnd(6, "0"));
}
