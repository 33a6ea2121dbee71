/** The address with what is typed in its `{blanks}`; those still empty stay as they are. */
export function addressOf(template: string, variables: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (blank, name: string) => {
    const given = variables[name]?.trim() ?? "";
    return given === "" ? blank : given;
  });
}
