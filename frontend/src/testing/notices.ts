import type { ChannelView } from "@/api/generated/schema";

/** A channel that works, but for what is given. */
export function channelOf(changed: Partial<ChannelView> = {}): ChannelView {
  return {
    id: "01890000-0000-7000-8000-0000000000e1",
    name: "Team chat",
    kind: "slack",
    target: "hooks.example.com",
    topics: ["approvals"],
    is_enabled: true,
    created_at: "2026-11-01T10:00:00Z",
    last_delivered_at: "2026-11-18T10:00:00Z",
    last_problem: null,
    ...changed,
  };
}
