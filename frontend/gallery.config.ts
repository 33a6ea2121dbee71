import { mergeConfig } from "vite";

import app from "./vite.config.ts";

/** `npm run gallery`: the kit and the pages before a session in their states, with made-up data and no server. Never shipped. */
export default mergeConfig(app, {
  root: "gallery",
  publicDir: "../public",
  server: { proxy: {} },
});
