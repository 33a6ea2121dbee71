import "./mantine.css";
import "@mantine/notifications/styles.layer.css";
import "@mantine/spotlight/styles.layer.css";
import "./variables.css";
import "./global.css";

import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import type { ReactNode } from "react";

import { cssVariablesResolver, theme } from "./theme";

/** The same key is read by public/color-scheme.js before the first paint. */
const colorSchemeManager = localStorageColorSchemeManager({ key: "conducktor-color-scheme" });

/**
 * Mantine as our CSP allows it: its variables and visibility classes come from variables.css and global.css, not from `<style>` elements
 * made at run time (`withCssVariables`, `withGlobalClasses` off). The resolver stays, for the test that writes variables.css.
 */
export function ProductTheme({ children, isTest = false }: { children: ReactNode; isTest?: boolean }) {
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      colorSchemeManager={colorSchemeManager}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
      env={isTest ? "test" : "default"}
    >
      {children}
    </MantineProvider>
  );
}
