import { vi } from "vitest";

/** What happy-dom lacks of a browser: scrolling, and live events, of which none ever come. */
export function quietBrowser(): void {
  vi.stubGlobal("scrollTo", () => undefined);
  vi.stubGlobal(
    "EventSource",
    class {
      addEventListener() {
        // Nothing ever happens.
      }
      close() {
        // Nothing to close.
      }
    },
  );
}
