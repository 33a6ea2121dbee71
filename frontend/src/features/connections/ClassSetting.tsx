import { NativeSelect } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";

import { failureOf } from "@/api/ApiProblem";
import { queries } from "@/api/client";
import type { OperationClass, ToolView } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { refreshConnections } from "./connectionQueries";

const CLAIMED = "";

/** Whether the tool counts as reading, writing or destroying: rules go by it. */
export function ClassSetting({ tool }: { tool: ToolView }) {
  const { slug } = useWorkspace();
  const queryClient = useQueryClient();
  const whyNot = useWhyNot("connections:write");
  const classify = queries.useMutation("patch", "/api/workspaces/{workspace}/tools/{tool_id}", {
    onSuccess: () => refreshConnections(queryClient, slug),
  });
  const claimed = tool.is_classified ? "As its server claims" : `As its server claims: ${tool.operation_class}`;
  return (
    <div>
      <NativeSelect
        label="Class"
        description={whyNot ?? "Rules for reading, writing and destroying go by it. What you set beats what the server claims."}
        disabled={whyNot !== undefined || classify.isPending}
        data={[
          { value: CLAIMED, label: claimed },
          { value: "read", label: "Read" },
          { value: "write", label: "Write" },
          { value: "destructive", label: "Destructive" },
        ]}
        value={tool.is_classified ? tool.operation_class : CLAIMED}
        onChange={(event) => {
          const chosen = event.currentTarget.value;
          classify.mutate({
            params: { path: { workspace: slug, tool_id: tool.id } },
            body: { operation_class: chosen === CLAIMED ? null : (chosen as OperationClass) },
          });
        }}
      />
      <FormError problem={failureOf(classify)} />
    </div>
  );
}
