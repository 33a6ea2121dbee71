import type { PolicyDraft, TemplateView } from "@/api/generated/schema";

import type { Said } from "./words";

/** The three examples of the product's guide, which an empty page teaches with. */
const OF_THE_GUIDE = ["linear-approval", "monthly-budget", "contractors-read"];

export function guideTemplates(templates: readonly TemplateView[]): TemplateView[] {
  const found = templates.filter(({ id }) => OF_THE_GUIDE.includes(id));
  return found.length > 0 ? found : templates.slice(0, OF_THE_GUIDE.length);
}

/** A ready-made policy as the sentence wants it: templates speak of groups and people by name. */
export function saidOf({ kind, settings, who, what, condition }: PolicyDraft): Said {
  const named = (names: readonly string[] | undefined) => (names ?? []).map((name) => ({ id: name, name }));
  return {
    kind,
    settings: settings ?? {},
    who: { roles: who?.roles ?? [], groups: named(who?.groups), people: named(who?.people), clients: who?.clients ?? [] },
    what: { connections: what?.connections ?? [], tools: what?.tools ?? [], classes: what?.classes ?? [] },
    condition: condition ?? null,
  };
}
