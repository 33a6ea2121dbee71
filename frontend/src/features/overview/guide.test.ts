import { expect, test } from "vitest";

import type { AuditLine, AuthorizationView, ConnectionView } from "@/api/generated/schema";

import { currentStep, type Guide, isDone, latestApp } from "./guide";

const NOTHING: Guide = { isConfirmed: false, connections: [], app: undefined, lastCall: undefined };
const active = { state: "ACTIVE" } as ConnectionView;
const app = { id: "1", created_at: "2026-11-18T09:00:00Z", last_used_at: null } as AuthorizationView;
const call = { id: "2" } as AuditLine;

test("the step to do now is the first that is not done", () => {
  expect(currentStep(NOTHING)).toBe("confirm");
  expect(currentStep({ ...NOTHING, isConfirmed: true })).toBe("connection");
  expect(currentStep({ ...NOTHING, isConfirmed: true, connections: [active] })).toBe("authorize");
  expect(currentStep({ ...NOTHING, isConfirmed: true, connections: [active], app })).toBe("call");
  expect(currentStep({ isConfirmed: true, connections: [active], app, lastCall: call })).toBeUndefined();
});

test("a connection counts once its tools are there", () => {
  expect(isDone({ ...NOTHING, connections: [{ state: "PENDING" } as ConnectionView] }, "connection")).toBe(false);
});

test("an app that made a call was authorized, even if it is revoked by now", () => {
  expect(isDone({ ...NOTHING, lastCall: call }, "authorize")).toBe(true);
});

test("the latest app is the one used last, or else authorized last", () => {
  const used = { ...app, id: "used", created_at: "2026-11-01T09:00:00Z", last_used_at: "2026-11-18T10:00:00Z" };
  expect(latestApp([app, used])?.id).toBe("used");
  expect(latestApp([])).toBeUndefined();
});
