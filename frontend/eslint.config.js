import hooks from "eslint-plugin-react-hooks";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

const STYLE_ELEMENT = "It makes a <style> element at run time, which the CSP refuses. Use a CSS module.";

export default defineConfig(
  globalIgnores(["dist", "public", "src/api/generated"]),
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  hooks.configs.flat["recommended-latest"],
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "no-restricted-imports": [
        "error",
        {
          paths: [
            {
              name: "@mantine/core",
              importNames: [
                "ActionBar",
                "AppShell",
                "ColorSchemeScript",
                "Flex",
                "Grid",
                "InlineStyles",
                "RemoveScroll",
                "SimpleGrid",
              ],
              message: STYLE_ELEMENT,
            },
          ],
        },
      ],
      "no-restricted-syntax": [
        "error",
        {
          selector:
            "JSXAttribute[name.name=/^(p|m|w|h|gap|display|flex|fz|ta|maw|miw)[a-z]?$/] ObjectExpression > Property[key.name='base']",
          message: `A responsive style prop: ${STYLE_ELEMENT}`,
        },
        {
          selector: "JSXAttribute[name.name=/^(visibleFrom|hiddenFrom)$/]",
          message: "The classes for it are not loaded (withGlobalClasses). Use a CSS module.",
        },
        {
          selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']",
          message: "What comes from outside must never become markup.",
        },
        {
          selector: "CallExpression[callee.name='useMantineColorScheme'][arguments.length=0]",
          message: `Pass { keepTransitions: true }. ${STYLE_ELEMENT}`,
        },
      ],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreVoidReturningFunctions: true }],
    },
  },
  {
    files: ["**/*.test.{ts,tsx}"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
);
