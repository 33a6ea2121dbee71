import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";

import { failureOf } from "@/api/ApiProblem";
import type { ApprovalLine } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";

import { useDecide } from "./useDecide";

/** The requester takes it back, as long as nobody has decided. */
export function CancelRequest({ workspace, approval }: { workspace: string; approval: ApprovalLine }) {
  const { cancel } = useDecide(workspace);
  const mutation = useMutation({ mutationFn: () => cancel(approval.id) });
  return (
    <>
      <FormError problem={failureOf(mutation)} />
      <Button
        variant="default"
        loading={mutation.isPending}
        onClick={() => {
          mutation.mutate();
        }}
      >
        Take the request back
      </Button>
    </>
  );
}
