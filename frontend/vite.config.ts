import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

import { CONTENT_SECURITY_POLICY } from "./content-security-policy.ts";

/** Where `npm run dev` finds the API; the built SPA is served by the API itself. */
const API = process.env.CONDUCKTOR_API ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/api": API, "/oauth": API, "/.well-known": API } },
  preview: { headers: { "Content-Security-Policy": CONTENT_SECURITY_POLICY } },
  build: {
    // Below this Mantine's CSS (light-dark(), :has) would not work anyway.
    target: ["chrome123", "firefox121", "safari17.5"],
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  test: {
    environment: "happy-dom",
    setupFiles: ["src/testing/setup.ts"],
    restoreMocks: true,
    testTimeout: 60_000, // a busy machine is no failure
  },
});
