import type { QueryClient } from "@tanstack/react-query";

export type LiveStatus = "connecting" | "live" | "reconnecting";

/** Events of one moment are gathered: a busy workspace changes faster than anybody reads. */
const GATHER_MS = 250;
/** A gap that heals sooner is not worth a word. */
const GRACE_MS = 5_000;
const RETRY_FIRST_MS = 1_000;
const RETRY_MAX_MS = 30_000;

/** The part of EventSource that is used; tests bring their own. */
export interface EventStream {
  readonly readyState: number;
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

export interface LiveEventsOptions {
  workspace: string;
  queryClient: QueryClient;
  onStatus: (status: LiveStatus) => void;
  open?: (url: string) => EventStream;
}

/**
 * Listens to one workspace's changes and makes the queries about the changed topic stale, so that what is on screen is fetched again.
 * After a gap every query of the workspace is, because events may have been missed. Returns the function that stops it.
 */
export function followChanges({ workspace, queryClient, onStatus, open = openEventSource }: LiveEventsOptions): () => void {
  const topics = new Set<string>();
  let stream: EventStream | undefined;
  let gathering: ReturnType<typeof setTimeout> | undefined;
  let worrying: ReturnType<typeof setTimeout> | undefined;
  let retrying: ReturnType<typeof setTimeout> | undefined;
  let retryMs = RETRY_FIRST_MS;
  let hadGap = false;

  function flush() {
    gathering = undefined;
    const changed = new Set(topics);
    topics.clear();
    void queryClient.invalidateQueries({ predicate: ({ queryKey }) => isAbout(queryKey, workspace, changed) });
  }

  function connect() {
    const current = open(`/api/workspaces/${encodeURIComponent(workspace)}/events`);
    stream = current;
    current.addEventListener("open", () => {
      if (hadGap) void queryClient.invalidateQueries({ predicate: ({ queryKey }) => isAbout(queryKey, workspace) });
      hadGap = false;
      clearTimeout(worrying);
      worrying = undefined;
      retryMs = RETRY_FIRST_MS;
      onStatus("live");
    });
    current.addEventListener("changed", (event) => {
      const topic = topicOf(event.data);
      if (!topic) return;
      topics.add(topic);
      gathering ??= setTimeout(flush, GATHER_MS);
    });
    current.addEventListener("error", () => {
      hadGap = true;
      worrying ??= setTimeout(() => {
        onStatus("reconnecting");
      }, GRACE_MS);
      // The server cuts off a page whose reader has lost the workspace, or is no longer signed in.
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey[1] === SESSION_PATH });
      // The browser retries a lost connection itself, but gives up for good on an HTTP error.
      if (current.readyState !== CLOSED) return;
      retrying = setTimeout(connect, retryMs);
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
    });
  }

  onStatus("connecting");
  connect();
  return () => {
    clearTimeout(gathering);
    clearTimeout(worrying);
    clearTimeout(retrying);
    stream?.close();
  };
}

const CLOSED = 2;

function openEventSource(url: string): EventStream {
  return new EventSource(url);
}

function topicOf(data: string): string | undefined {
  try {
    const change: unknown = JSON.parse(data);
    if (typeof change === "object" && change !== null && "topic" in change && typeof change.topic === "string")
      return change.topic;
  } catch {
    // A line that is not JSON tells nothing; the next one will.
  }
  return undefined;
}

/** Keys are `[method, "/api/workspaces/{workspace}/<topic>/…", { params: { path: { workspace } } }]`. No topics: everything of the workspace. */
function isAbout(queryKey: readonly unknown[], workspace: string, topics?: ReadonlySet<string>): boolean {
  const [, path, init] = queryKey;
  // The session knows one's own role, and whether one belongs to the workspace at all.
  if (path === SESSION_PATH) return !topics || topics.has("members");
  if (typeof path !== "string" || !path.startsWith(WORKSPACE_PATH)) return false;
  if ((init as KeyInit | undefined)?.params?.path?.workspace !== workspace) return false;
  if (!topics) return true;
  const segment = path.slice(WORKSPACE_PATH.length).split("/")[1] ?? "";
  return (TOPICS_OF[segment] ?? [segment]).some((topic) => topics.has(topic));
}

/** What changes the answers below a path, where it is not the topic of the same name. */
const TOPICS_OF: Record<string, readonly string[]> = {
  approvals: ["approvals", "workspaces"],
  audit: ["calls"],
  "audit-facets": ["calls"],
  "audit-summary": ["calls"],
  budgets: ["budgets", "calls"],
  catalog: ["connections"],
  groups: ["members"],
  invitations: ["members"],
  settings: ["workspaces"],
  notices: ["notices", "members"],
  prices: ["budgets", "connections"],
  tools: ["connections"],
  toolsets: ["connections"],
  usage: ["budgets"], // a report over thousands of calls is not drawn anew with each of them
};

const WORKSPACE_PATH = "/api/workspaces/{workspace}";
const SESSION_PATH = "/api/session";

interface KeyInit {
  params?: { path?: { workspace?: string } };
}
