import type { Part } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";

/** An app that was given the address of one connection or toolset gets no more than that, whatever the permissions say. */
export function OnlyPart({ part: { kind, name }, client }: { part: Part; client: string }) {
  return (
    <Callout tone="quiet" title={kind === "toolset" ? `Only the toolset ${name}` : `Only the connection ${name}`}>
      <p>
        {client} asks for {kind === "toolset" ? "the tools of this toolset" : "what this connection offers"} and for nothing else
        of the workspace. Choose the workspace that has it.
      </p>
    </Callout>
  );
}
