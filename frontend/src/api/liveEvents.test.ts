import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { type EventStream, followChanges, type LiveStatus } from "./liveEvents";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test("a change makes the queries of its topic stale, in this workspace only", () => {
  const { queryClient, stream } = follow("engineering");
  stream.send({ topic: "connections", id: "1" });
  vi.advanceTimersByTime(250);

  expect(staleKeys(queryClient)).toEqual(["engineering connections", "engineering connections/{connection}"]);
});

test("a call makes the audit stale, an invitation comes with the members", () => {
  const { queryClient, stream } = follow("engineering");
  stream.send({ topic: "calls", id: "1" });
  stream.send({ topic: "members", id: "1" });
  vi.advanceTimersByTime(250);

  expect(staleKeys(queryClient)).toEqual(["engineering audit", "engineering invitations", "engineering members"]);
});

test("a change of members makes the session stale, and so does a stream that is cut off", () => {
  const { queryClient, streams } = follow("engineering");
  const isStale = () => queryClient.getQueryState(["get", "/api/session"])?.isInvalidated;
  queryClient.setQueryData(["get", "/api/session"], {});
  streams[0]?.send({ topic: "members", id: "1" });
  vi.advanceTimersByTime(250);
  expect(isStale()).toBe(true);

  queryClient.setQueryData(["get", "/api/session"], {});
  streams[0]?.emit("error");
  expect(isStale()).toBe(true);
});

test("many changes of one moment ask once", () => {
  const { queryClient, stream } = follow("engineering");
  const invalidate = vi.spyOn(queryClient, "invalidateQueries");
  for (let index = 0; index < 100; index++) stream.send({ topic: "calls", id: String(index) });
  vi.advanceTimersByTime(250);

  expect(invalidate).toHaveBeenCalledTimes(1);
});

test("after a gap everything of the workspace is stale, because changes may have been missed", () => {
  const { queryClient, stream, statuses } = follow("engineering");
  stream.emit("open");
  stream.emit("error");
  vi.advanceTimersByTime(5_000);
  stream.emit("open");

  expect(statuses).toEqual(["connecting", "live", "reconnecting", "live"]);
  expect(staleKeys(queryClient)).not.toContain("other connections");
  expect(staleKeys(queryClient)).toHaveLength(5);
});

test("a gap that heals at once is not worth a word", () => {
  const { queryClient, stream, statuses } = follow("engineering");
  stream.emit("open");
  stream.emit("error");
  vi.advanceTimersByTime(2_000);
  stream.emit("open");
  vi.advanceTimersByTime(10_000);

  expect(statuses).toEqual(["connecting", "live", "live"]);
  expect(staleKeys(queryClient)).toHaveLength(5);
});

test("a stream that the browser gave up is opened again, ever more slowly", () => {
  const { streams } = follow("engineering");
  streams[0]?.die();
  vi.advanceTimersByTime(1_000);
  streams[1]?.die();
  vi.advanceTimersByTime(1_000);
  expect(streams).toHaveLength(2);
  vi.advanceTimersByTime(1_000);
  expect(streams).toHaveLength(3);
});

test("a line that is not JSON is passed over", () => {
  const { queryClient, stream } = follow("engineering");
  stream.emit("changed", "{");
  vi.advanceTimersByTime(250);

  expect(staleKeys(queryClient)).toEqual([]);
});

const PATHS = ["connections", "connections/{connection}", "audit", "members", "invitations"];

function follow(workspace: string) {
  const queryClient = new QueryClient();
  for (const slug of [workspace, "other"]) {
    for (const path of PATHS) queryClient.setQueryData(keyOf(slug, path), {});
  }
  const streams: FakeStream[] = [];
  const statuses: LiveStatus[] = [];
  followChanges({
    workspace,
    queryClient,
    onStatus: (status) => statuses.push(status),
    open: () => {
      const opened = new FakeStream();
      streams.push(opened);
      return opened;
    },
  });
  return { queryClient, statuses, streams, stream: streams[0]! };
}

function keyOf(workspace: string, path: string) {
  return ["get", `/api/workspaces/{workspace}/${path}`, { params: { path: { workspace } } }];
}

function staleKeys(queryClient: QueryClient): string[] {
  return ["engineering", "other"]
    .flatMap((slug) => PATHS.map((path) => ({ name: `${slug} ${path}`, key: keyOf(slug, path) })))
    .filter(({ key }) => queryClient.getQueryState(key)?.isInvalidated)
    .map(({ name }) => name)
    .toSorted();
}

/** The browser's EventSource, played by the test. */
class FakeStream implements EventStream {
  readyState = 1;
  private readonly listeners: [string, (event: MessageEvent<string>) => void][] = [];

  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void {
    this.listeners.push([type, listener]);
  }

  emit(type: string, data = ""): void {
    for (const [wanted, listener] of this.listeners) if (wanted === type) listener(new MessageEvent(type, { data }));
  }

  send(change: { topic: string; id: string }): void {
    this.emit("changed", JSON.stringify(change));
  }

  die(): void {
    this.readyState = 2;
    this.emit("error");
  }

  close(): void {
    this.readyState = 2;
  }
}
