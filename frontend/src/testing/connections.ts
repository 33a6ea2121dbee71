import type { ConnectionView, ToolView } from "@/api/generated/schema";

/** A connection where all is well, changed as the test wants it. */
export function connectionOf(changed: Partial<ConnectionView> = {}): ConnectionView {
  return {
    id: "01890000-0000-7000-8000-000000000021",
    name: "linear-prod",
    title: "Linear",
    service: "linear",
    url: "https://mcp.linear.example/mcp",
    transport: "streamable_http",
    auth: "bearer",
    header_name: null,
    personal_for: [],
    pins: [],
    has_secret: true,
    state: "ACTIVE",
    since: "2026-11-20T10:00:00Z",
    reason: null,
    next_step: null,
    fault: null,
    protocol_version: "2025-11-25",
    notes: [],
    tools: { active: 2, quarantined: 0, rejected: 0, gone: 0 },
    checked_at: "2026-11-22T10:00:00Z",
    created_at: "2026-11-01T10:00:00Z",
    ...changed,
  };
}

export function toolOf(name: string, changed: Partial<ToolView> = {}): ToolView {
  return {
    id: `tool-${name}`,
    name,
    full_name: `linear-prod_${name}`,
    title: null,
    description: `Does ${name}.`,
    title_here: null,
    description_here: null,
    state: "active",
    reason: null,
    notes: [],
    operation_class: "write",
    is_classified: false,
    is_enabled: true,
    definition: { name, inputSchema: { type: "object", properties: {} } },
    definition_hash: "abc123",
    changes: [],
    first_seen_at: "2026-11-01T10:00:00Z",
    last_seen_at: "2026-11-22T10:00:00Z",
    ...changed,
  };
}
