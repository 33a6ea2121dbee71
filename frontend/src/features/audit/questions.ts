import type { AuditDetail } from "@/api/generated/schema";

const ASKED: Record<string, string> = {
  "elicitation/create form": "A form for the person",
  "elicitation/create url": "To open a link",
  "sampling/createMessage": "A completion by the app’s model",
  "roots/list": "The app’s folders",
};

const BECAME: Record<string, string> = {
  accept: "accepted",
  decline: "declined",
  cancel: "cancelled",
  given: "answered",
  none: "not answered",
};

/** What the service asked while it worked, in words. The column is free-form, so nothing is taken for granted. */
export function questionsOf(decision: AuditDetail["decision"]): string[] {
  const noted = decision?.questions;
  return Array.isArray(noted) ? noted.filter(isNoted).map(told) : [];
}

interface Noted {
  method?: unknown;
  mode?: unknown;
  host?: unknown;
  answer?: unknown;
  refused?: unknown;
}

function told({ method, mode, host, answer, refused }: Noted): string {
  const kind = [method, mode].filter((part) => typeof part === "string").join(" ");
  const asked = method === undefined ? "An earlier question" : (ASKED[kind] ?? kind);
  const where = typeof host === "string" ? ` on ${host}` : "";
  if (typeof refused === "string") return `${asked}: not put to anybody. ${refused}`;
  const became = typeof answer === "string" ? BECAME[answer] : undefined;
  return `${asked}${where}${became === undefined ? "" : `: ${became}`}`;
}

function isNoted(value: unknown): value is Noted {
  return typeof value === "object" && value !== null;
}
