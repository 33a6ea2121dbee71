import { notifications } from "@mantine/notifications";

import { ApiProblem } from "@/api/ApiProblem";
import { api } from "@/api/client";

/** The app that somebody registered at the service, as it is typed. */
export interface RegisteredClient {
  client_id: string;
  client_secret: string;
}

/** The connection is made already: what is wrong with its app is put right on its page. */
export async function storeClient(workspace: string, name: string, client: RegisteredClient): Promise<void> {
  if (client.client_id.trim() === "") return;
  try {
    await api.PUT("/api/workspaces/{workspace}/connections/{name}/sign-in-client", {
      params: { path: { workspace, name } },
      body: { client_id: client.client_id, secret: client.client_secret },
    });
  } catch (problem) {
    if (!(problem instanceof ApiProblem)) throw problem;
    notifications.show({ color: "red", title: "The client ID was not stored", message: problem.message });
  }
}
