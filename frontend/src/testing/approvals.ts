import type { ApprovalDetail, ApprovalLine } from "@/api/generated/schema";

/** A contractor's request that waits, but for what is given. */
export function approvalOf(changed: Partial<ApprovalLine> = {}): ApprovalLine {
  return {
    id: "01890000-0000-7000-8000-0000000000b1",
    state: "pending",
    requester_id: "01890000-0000-7000-8000-000000000002",
    requester: "Contractor",
    is_mine: false,
    client: "ChatGPT",
    connection: "linear-prod",
    tool: "create_issue",
    full_name: "linear-prod_create_issue",
    method: "tools/call",
    operation_class: "write",
    conversation_id: null,
    questions: [
      {
        policy_id: "01890000-0000-7000-8000-0000000000c1",
        policy: "Issue creation",
        policy_version: 2,
        reason: "All issue creations need approval.",
        sent_to: ["Admin team"],
        given: 0,
        needed: 1,
      },
    ],
    estimate_micro_usd: 20_000,
    created_at: "2026-11-18T12:00:00Z",
    expires_at: "2026-11-19T12:00:00Z",
    decided_at: null,
    ended_at: null,
    reason: null,
    can_decide: false,
    why_not: null,
    can_cancel: false,
    can_close: false,
    result: null,
    result_is_error: null,
    result_is_cut: false,
    link: "https://conducktor.example.com/w/engineering/approvals/1",
    ...changed,
  };
}

export function approvalDetailOf(changed: Partial<ApprovalDetail> = {}): ApprovalDetail {
  return {
    approval: approvalOf(),
    arguments: '{\n  "title": "Fix\\u200b login"\n}',
    arguments_is_cut: false,
    arguments_bytes: 24,
    arguments_digest: "ab".repeat(32),
    arguments_withheld: null,
    definition: '{"name": "create_issue", "description": "Create an issue.", "inputSchema": {}}',
    definition_note: null,
    title_here: null,
    description_here: null,
    votes: [],
    earlier: [],
    call_id: "01890000-0000-7000-8000-0000000000a1",
    execution_call_id: null,
    ...changed,
  };
}
