import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** The accent: the head of a mallard. Far enough from green that "active" never reads as "clickable". */
const mallard: MantineColorsTuple = [
  "#e8f5f6",
  "#cfe9eb",
  "#a3d5d9",
  "#6fbfc6",
  "#45a9b2",
  "#24929c",
  "#137c87",
  "#0c6772",
  "#08535d",
  "#053d45",
];

const gray: MantineColorsTuple = [
  "#fafafb",
  "#f3f4f6",
  "#eaecef",
  "#dfe2e6",
  "#ccd1d6",
  "#a3aab2",
  "#616972",
  "#484f57",
  "#2b3036",
  "#16191d",
];

const dark: MantineColorsTuple = [
  "#e7e9ec",
  "#c3c8cd",
  "#99a1a9",
  "#737b84",
  "#34393f",
  "#25292e",
  "#1a1d21",
  "#121417",
  "#0d0f11",
  "#08090a",
];

const red: MantineColorsTuple = [
  "#fdeeec",
  "#fbd9d5",
  "#f6b1aa",
  "#f0857b",
  "#e45d51",
  "#d3402f",
  "#c3352a",
  "#b42318",
  "#961c13",
  "#74150e",
];

/** Base 14 px, one accent, neutral greys, a 4/8 px grid, system fonts only (a web font would cost weight and a flash). */
export const theme = createTheme({
  colors: { mallard, gray, dark, red },
  primaryColor: "mallard",
  primaryShade: { light: 7, dark: 6 },
  black: "#16191d",
  fontFamily: '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace',
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  lineHeights: { xs: "1.35", sm: "1.4", md: "1.5", lg: "1.5", xl: "1.4" },
  spacing: { xs: "0.5rem", sm: "0.75rem", md: "1rem", lg: "1.5rem", xl: "2rem" },
  radius: { xs: "0.1875rem", sm: "0.25rem", md: "0.375rem", lg: "0.5rem", xl: "0.75rem" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  headings: {
    fontWeight: "600",
    sizes: {
      h1: { fontSize: "1.25rem", lineHeight: "1.4" },
      h2: { fontSize: "1rem", lineHeight: "1.5" },
      h3: { fontSize: "0.875rem", lineHeight: "1.5" },
    },
  },
  components: {
    Button: { defaultProps: { size: "sm" }, vars: buttonVars },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": "Close" } } },
    // react-remove-scroll would make a <style> element, which the CSP refuses; global.css locks the page instead.
    Modal: {
      defaultProps: {
        lockScroll: false,
        transitionProps: { duration: 120, transition: "fade" },
        centered: true,
        closeButtonProps: { "aria-label": "Close" },
        overlayProps: { backgroundOpacity: 0.45 },
      },
    },
    Drawer: { defaultProps: { lockScroll: false, transitionProps: { duration: 150 } } },
    Menu: { defaultProps: { shadow: "md", position: "bottom-end", transitionProps: { duration: 80 } } },
    Popover: { defaultProps: { shadow: "md", transitionProps: { duration: 80 } } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 80 } } },
  },
});

/** As high as a line of the page's 4 px grid allows: 32 px for the usual size, which Mantine makes 36. */
function buttonVars(_theme: unknown, props: { size?: string | number }) {
  return { root: props.size === "sm" ? { "--button-height": "2rem", "--button-padding-x": "0.875rem" } : {} };
}

/** Where Mantine's own choice of shade is too loud or too faint on our greys, and the product's own words (`--ck-…`). */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-default-border": "var(--mantine-color-gray-4)",
    "--mantine-color-default-hover": "var(--mantine-color-gray-1)",
    "--mantine-color-placeholder": "#6b737c",
    "--mantine-color-error": "#b42318",
    "--ck-rail": "#fafafb",
    "--ck-raised": "#ffffff",
    "--ck-sunken": "#f6f7f8",
    "--ck-line": "#e6e8eb",
    "--ck-hover": "#f3f4f6",
    "--ck-selected": "#eaecef",
    "--ck-text": "#16191d",
    "--ck-text-quiet": "#5a626b",
    "--ck-text-faint": "#656d76",
    "--ck-accent": "#0c6772",
    "--ck-accent-text": "#0c6772",
    "--ck-accent-soft": "#e8f5f6",
    "--ck-ok": "#17784a",
    "--ck-ok-soft": "#e7f6ee",
    "--ck-warn": "#8f5a00",
    "--ck-warn-soft": "#fdf3df",
    "--ck-bad": "#b42318",
    "--ck-bad-soft": "#fdeeec",
    "--ck-shadow": "0 1px 2px rgb(16 24 32 / 6%), 0 4px 16px rgb(16 24 32 / 6%)",
  },
  dark: {
    "--mantine-color-default-border": "#383d44",
    "--mantine-color-placeholder": "#868e97",
    "--mantine-color-error": "#ff8a80",
    "--ck-rail": "#0d0f11",
    "--ck-raised": "#1a1d21",
    "--ck-sunken": "#0d0f11",
    "--ck-line": "#25292e",
    "--ck-hover": "#1a1d21",
    "--ck-selected": "#23272c",
    "--ck-text": "#e7e9ec",
    "--ck-text-quiet": "#a3abb3",
    "--ck-text-faint": "#89919a",
    "--ck-accent": "#45a9b2",
    "--ck-accent-text": "#6fc9d1",
    "--ck-accent-soft": "#0f2a2e",
    "--ck-ok": "#5cc793",
    "--ck-ok-soft": "#10281d",
    "--ck-warn": "#e3b155",
    "--ck-warn-soft": "#2c2210",
    "--ck-bad": "#ff8a80",
    "--ck-bad-soft": "#331917",
    "--ck-shadow": "0 1px 2px rgb(0 0 0 / 40%), 0 8px 24px rgb(0 0 0 / 40%)",
  },
});
