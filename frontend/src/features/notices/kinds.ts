import type { ChannelKind, Topic } from "@/api/generated/schema";

export const KINDS: Record<ChannelKind, { label: string; words: string }> = {
  email: {
    label: "E-mail",
    words: "A letter to fixed addresses. Needs a mail server; the people concerned get a letter anyway.",
  },
  slack: { label: "Slack", words: "An incoming webhook of Slack, or of a service that takes the same messages." },
  webhook: { label: "Signed webhook", words: "JSON to your own service, signed so that it can check where it comes from." },
};

export const TOPICS: Record<Topic, { label: string; words: string }> = {
  approvals: { label: "Approvals", words: "A call waits for somebody; an outcome is unknown." },
  budgets: { label: "Budgets", words: "A budget reaches a threshold." },
  connections: { label: "Connections", words: "A connection goes down or needs a sign-in, and when it is well again." },
};

/** In the order of the form. */
export const ALL_TOPICS: readonly Topic[] = ["approvals", "budgets", "connections"];
