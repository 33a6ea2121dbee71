import { cleanup, configure } from "@testing-library/react";
import { afterEach, vi } from "vitest";

/** Pages are loaded when they are first opened, which takes a busy machine longer than the second that is usual. */
configure({ asyncUtilTimeout: 20_000 });

afterEach(() => {
  cleanup();
  localStorage.clear();
  vi.unstubAllGlobals();
});
