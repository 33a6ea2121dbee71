import { PageHeader } from "@/components/ui/PageHeader";

import { useSession } from "../identity/session";
import { ConnectChatGpt } from "./ConnectChatGpt";

export function OverviewPage() {
  const { installation } = useSession();
  return (
    <>
      <PageHeader title="Overview" />
      <ConnectChatGpt endpoint={installation.mcp_endpoint} clientId={installation.client_id} />
    </>
  );
}
