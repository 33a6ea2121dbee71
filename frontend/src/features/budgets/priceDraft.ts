import type { Basis, PriceView, SetPrice } from "@/api/generated/schema";

import { microUsdOf, plainUsd } from "./money";

/** A price as its form shows it. */
export interface PriceDraft {
  basis: Basis;
  unit: string;
  hold: string;
  metaKey: string;
}

/** What there is to send of a price, whatever it is for. */
export type PriceBody = Omit<SetPrice, "connection" | "tool">;

export const FREE: PriceBody = { basis: "free", micro_usd: 0, hold_micro_usd: 0 };

export type PriceErrors = Partial<Record<keyof PriceDraft, string>>;

export function draftOf(price: PriceView | null): PriceDraft {
  return {
    basis: price?.basis ?? "call",
    unit: price && price.basis !== "free" ? plainUsd(price.micro_usd) : "",
    hold: price && price.hold_micro_usd > 0 ? plainUsd(price.hold_micro_usd) : "",
    metaKey: price?.meta_key ?? "",
  };
}

/** Whether the cost is known only after the call, so that something has to be held until then. */
export function isKnownAfter(basis: Basis): boolean {
  return basis === "kib" || basis === "meta";
}

/** What to send; or what is wrong, by field. */
export function bodyOf(draft: PriceDraft): { body: PriceBody } | { errors: PriceErrors } {
  const { basis } = draft;
  if (basis === "free") return { body: FREE };
  const unit = microUsdOf(draft.unit);
  const hold = isKnownAfter(basis) ? microUsdOf(draft.hold) : 0;
  const errors: PriceErrors = {
    ...(unit === undefined && { unit: "Enter an amount in dollars, such as 0.02." }),
    ...((hold === undefined || (isKnownAfter(basis) && hold === 0)) && { hold: "Enter what a call costs at most, usually." }),
    ...(basis === "meta" && draft.metaKey.trim() === "" && { metaKey: "Enter the name that the service uses." }),
  };
  if (unit === undefined || hold === undefined || Object.keys(errors).length > 0) return { errors };
  return {
    body: {
      basis,
      micro_usd: unit,
      hold_micro_usd: hold,
      ...(basis === "meta" && { meta_key: draft.metaKey.trim() }),
    },
  };
}

export function errorsOf(fieldErrors: Readonly<Record<string, string>>): PriceErrors {
  return Object.fromEntries(Object.entries(fieldErrors).map(([field, message]) => [FIELDS[field] ?? field, message]));
}

const FIELDS: Record<string, keyof PriceDraft> = { micro_usd: "unit", hold_micro_usd: "hold", meta_key: "metaKey" };
