import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { followChanges, type LiveStatus } from "./liveEvents";

/** Keeps the queries of `workspace` fresh while the component is on screen. */
export function useLiveEvents(workspace: string): LiveStatus {
  const queryClient = useQueryClient();
  const [status, setStatus] = useState<LiveStatus>("connecting");
  // An effect, because this is a subscription to something outside React.
  useEffect(() => followChanges({ workspace, queryClient, onStatus: setStatus }), [workspace, queryClient]);
  return status;
}
