import { IconCloudOff, IconRefresh } from "@tabler/icons-react";
import { useSyncExternalStore } from "react";

import type { LiveStatus } from "@/api/liveEvents";

import classes from "./OfflineBanner.module.css";

/** Says that what is on screen may be old, and nothing while all is well. */
export function OfflineBanner({ live }: { live?: LiveStatus }) {
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine);
  const text = !isOnline
    ? "You are offline. What you see may be out of date; it refreshes by itself when the network is back."
    : live === "reconnecting"
      ? "Live updates are interrupted. Reconnecting; what you see may be out of date."
      : undefined;
  const Icon = isOnline ? IconRefresh : IconCloudOff;
  return (
    <div role="status" className={classes.place}>
      {text !== undefined && (
        <div className={classes.banner}>
          <Icon size={14} stroke={1.75} aria-hidden />
          {text}
        </div>
      )}
    </div>
  );
}

function subscribe(listener: () => void): () => void {
  window.addEventListener("online", listener);
  window.addEventListener("offline", listener);
  return () => {
    window.removeEventListener("online", listener);
    window.removeEventListener("offline", listener);
  };
}
