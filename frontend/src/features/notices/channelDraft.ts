import type { ChangeChannelBody, ChannelKind, ChannelView, CreateChannel, Topic } from "@/api/generated/schema";

import { ALL_TOPICS } from "./kinds";

/** A channel as its form shows it. What is secret is never shown again, so that an empty field leaves it as it is. */
export interface ChannelDraft {
  name: string;
  kind: ChannelKind;
  topics: Topic[];
  /** One address a line. */
  addresses: string;
  url: string;
  secret: string;
}

export type ChannelErrors = Partial<Record<keyof ChannelDraft, string>>;

export function draftOf(channel: ChannelView | undefined): ChannelDraft {
  return {
    name: channel?.name ?? "",
    kind: channel?.kind ?? "slack",
    topics: channel ? [...channel.topics] : [...ALL_TOPICS],
    addresses: channel?.kind === "email" ? channel.target.split(", ").join("\n") : "",
    url: "",
    secret: "",
  };
}

/** What is missing, by field; `isNew`: nothing is stored yet. */
export function missingOf(draft: ChannelDraft, isNew: boolean): ChannelErrors {
  return {
    ...(draft.name.trim() === "" && { name: "Enter a name." }),
    ...(draft.topics.length === 0 && { topics: "Choose at least one." }),
    ...(draft.kind === "email" && linesOf(draft.addresses).length === 0 && { addresses: "Enter at least one address." }),
    ...(draft.kind !== "email" && isNew && draft.url.trim() === "" && { url: "Enter the address that messages are sent to." }),
  };
}

export function newChannelOf(draft: ChannelDraft): CreateChannel {
  return { name: draft.name.trim(), kind: draft.kind, topics: draft.topics, ...targetOf(draft) };
}

export function changeOf(draft: ChannelDraft): ChangeChannelBody {
  return { name: draft.name.trim(), topics: draft.topics, ...targetOf(draft) };
}

function targetOf({ kind, addresses, url, secret }: ChannelDraft) {
  if (kind === "email") return { addresses: linesOf(addresses) };
  return {
    ...(url.trim() !== "" && { url: url.trim() }),
    ...(kind === "webhook" && secret !== "" && { secret }),
  };
}

function linesOf(text: string): string[] {
  return text.split(/[\s,;]+/).filter(Boolean);
}
