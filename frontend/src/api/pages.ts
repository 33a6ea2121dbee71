import { failureOf } from "./ApiProblem";

/** What a list shows of its pages so far. `lines` is undefined until the first page is there. */
export interface Pages<Line> {
  lines: Line[] | undefined;
  error: unknown;
  retry: () => void;
  more: { hasMore: boolean; isLoading: boolean; load: () => void };
}

interface InfiniteQuery<Line> {
  data: { pages: readonly { items: readonly Line[] }[] } | undefined;
  error: unknown;
  refetch: () => Promise<unknown>;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => Promise<unknown>;
}

/** For every `queries.useInfiniteQuery("get", path, init, KEYSET)`. */
export function pagesOf<Line>(query: InfiniteQuery<Line>): Pages<Line> {
  return {
    lines: query.data?.pages.flatMap((page) => page.items),
    error: failureOf(query),
    retry: () => void query.refetch(),
    more: { hasMore: query.hasNextPage, isLoading: query.isFetchingNextPage, load: () => void query.fetchNextPage() },
  };
}
