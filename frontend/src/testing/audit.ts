import type { AuditDetail, AuditLine } from "@/api/generated/schema";

/** A call of an owner that went well, but for what is given. */
export function lineOf(more: Partial<AuditLine> = {}): AuditLine {
  return {
    id: "01890000-0000-7000-8000-0000000000a1",
    at: "2026-11-18T12:00:00Z",
    kind: "call",
    surface: "mcp",
    person_id: "01890000-0000-7000-8000-000000000001",
    person: "Workspace owner",
    client_id: "chatgpt-mcp-client",
    client: "ChatGPT",
    connection: "linear-prod",
    method: "tools/call",
    tool: "create_issue",
    operation_class: "write",
    outcome: "ok",
    reason: null,
    duration_ms: 12,
    result_bytes: 633,
    conversation_id: null,
    ...more,
  };
}

export function detailOf(more: Partial<AuditDetail> = {}): AuditDetail {
  return {
    line: lineOf(),
    network: null,
    arguments: '{"title": "Fix login"}',
    arguments_withheld: null,
    arguments_digest: "ab".repeat(32),
    decision: null,
    ...more,
  };
}
