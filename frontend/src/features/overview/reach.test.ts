import { expect, test } from "vitest";

import { reachOf } from "./reach";

test.each(["http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080", "http://conducktor.localhost"])(
  "%s is reached from this machine only",
  (origin) => {
    expect(reachOf(origin)).toBe("machine");
  },
);

test.each([
  "https://10.1.2.3",
  "http://192.168.1.9:8080",
  "https://172.20.0.1",
  "https://box.local",
  "https://box",
  "https://[fd00::1]",
])("%s is reached from its own network only", (origin) => {
  expect(reachOf(origin)).toBe("network");
});

test("the internet reaches the rest, and ChatGPT wants https", () => {
  expect(reachOf("https://conducktor.example.com")).toBe("internet");
  expect(reachOf("http://conducktor.example.com")).toBe("insecure");
  expect(reachOf("https://172.32.0.1")).toBe("internet");
});
