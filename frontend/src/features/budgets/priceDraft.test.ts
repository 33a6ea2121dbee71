import { expect, test } from "vitest";

import { bodyOf, draftOf, FREE } from "./priceDraft";
import { priceWords } from "./priceWords";

const price = { basis: "call", micro_usd: 20_000, hold_micro_usd: 0, meta_key: null } as const;

test("a price that is opened and saved unchanged stays what it was", () => {
  expect(bodyOf(draftOf(price))).toEqual({ body: { basis: "call", micro_usd: 20_000, hold_micro_usd: 0 } });
  const meta = { basis: "meta", micro_usd: 1_000_000, hold_micro_usd: 50_000, meta_key: "cost" } as const;
  expect(bodyOf(draftOf(meta))).toEqual({ body: meta });
});

test("what is known only after the call needs an amount to hold", () => {
  expect(bodyOf({ ...draftOf(price), basis: "kib" })).toEqual({ errors: { hold: "Enter what a call costs at most, usually." } });
});

test("free needs nothing else", () => {
  expect(bodyOf({ basis: "free", unit: "", hold: "", metaKey: "" })).toEqual({ body: FREE });
});

test("prices read as people say them", () => {
  expect(priceWords(price)).toBe("$0.02 a call");
  expect(priceWords({ ...price, micro_usd: 0 })).toBe("free");
  expect(priceWords({ ...price, basis: "kib", micro_usd: 150 })).toBe("$0.00015 a KiB of result");
});
