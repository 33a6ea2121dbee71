import { expect, test } from "vitest";

import type { MemberView, Role } from "@/api/generated/schema";

import { type Rights, whyNotChange, whyNotGive } from "./roles";

const OWNER: Rights = { permissions: ["members:write", "workspace:own"], whyNotWrite: undefined };
const ADMIN: Rights = { permissions: ["members:write"], whyNotWrite: undefined };
const MEMBER: Rights = { permissions: [], whyNotWrite: "Your role here is member." };

test("only an owner makes owners; an admin gives every other role", () => {
  expect(whyNotGive("owner", OWNER)).toBeUndefined();
  expect(whyNotGive("owner", ADMIN)).toBe("Only an owner can make somebody an owner.");
  expect(whyNotGive("admin", ADMIN)).toBeUndefined();
  expect(whyNotGive("contractor", MEMBER)).toBe("Your role here is member.");
});

test("the only owner stays owner, whoever asks", () => {
  const [owner, member] = [person("owner"), person("admin")];
  expect(whyNotChange(owner, [owner, member], OWNER)).toContain("only owner");
  expect(whyNotChange(owner, [owner, person("owner")], OWNER)).toBeUndefined();
});

test("an admin changes members and admins, but not owners", () => {
  const everybody = [person("owner"), person("owner"), person("admin"), person("member")];
  expect(everybody.map((one) => whyNotChange(one, everybody, ADMIN) === undefined)).toEqual([false, false, true, true]);
});

let next = 0;
function person(role: Role): MemberView {
  next += 1;
  return { user_id: String(next), name: role, email: `${role}@example.com`, role, joined_at: "2026-11-18T09:00:00Z" };
}
