import type { Basis, PriceView } from "@/api/generated/schema";

import { exactUsd } from "./money";

export const BASES: Record<Basis, { label: string; words: string; unit: string }> = {
  call: { label: "Each call", words: "Every answered call costs the same.", unit: "Price of a call" },
  kib: {
    label: "Size of the result",
    words: "Each KiB of the result that is begun costs this much. What is held is an estimate until the result is there.",
    unit: "Price of a KiB",
  },
  meta: {
    label: "What the service says",
    words: "The service writes a number into its result’s _meta; that number times the price is the cost.",
    unit: "Price of one",
  },
  free: { label: "Free", words: "Calls cost nothing, and no budget stands in their way.", unit: "" },
};

/** `$0.02 a call`, `$0.001 a KiB`, `free`. */
export function priceWords({ basis, micro_usd: unit, meta_key: key }: PriceView): string {
  switch (basis) {
    case "call":
      return unit === 0 ? "free" : `${exactUsd(unit)} a call`;
    case "kib":
      return `${exactUsd(unit)} a KiB of result`;
    case "meta":
      return `${exactUsd(unit)} × ${key ?? "?"} of the result`;
    case "free":
      return "free";
  }
}
