import { IconListSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";

import type { PolicyView } from "@/api/generated/schema";
import { EmptyState } from "@/components/ui/EmptyState";
import { FilterChips } from "@/components/ui/FilterChips";
import { LinkButton } from "@/components/ui/LinkButton";
import { PageHeader } from "@/components/ui/PageHeader";
import { paths } from "@/paths";

import { policiesQuery } from "../policies/policyQueries";
import { useWorkspace } from "../workspaces/useWorkspace";
import { facetsQuery, useAuditLines } from "./auditQueries";
import { type AuditQuery, type AuditSearch, isFiltered, queryOf } from "./auditSearch";
import { AuditTable } from "./AuditTable";
import { filtersOf } from "./filters";
import { TimeChip } from "./TimeChip";

const route = getRouteApi("/w/$workspace/audit");

export function AuditPage() {
  const { slug, permissions } = useWorkspace();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const { data: facets } = useQuery(facetsQuery(slug));
  const { lines, error, retry, more } = useAuditLines(slug, useAuditQuery(search));
  const change = (changed: AuditSearch) =>
    void navigate({ search: { ...search, ...changed }, replace: true, resetScroll: false });
  return (
    <>
      <PageHeader
        title="Audit"
        description={
          permissions.includes("audit:read")
            ? "Every call and every change, written down before it happens."
            : "Your own calls and changes. Admins and owners of this workspace see everybody’s."
        }
      />
      <FilterChips
        filters={filtersOf(facets, usePolicies(slug), search)}
        values={search}
        onChange={change}
        extra={{ key: "time", chip: <TimeChip value={search.time} onChange={(time) => change({ time })} /> }}
      />
      <AuditTable
        name="Audit"
        workspace={slug}
        rows={lines}
        error={error}
        onRetry={retry}
        more={more}
        empty={<NothingHere workspace={slug} hasFilters={isFiltered(search)} />}
      />
    </>
  );
}

/** What the address asks for, with the beginning of a span like `24h` fixed when it was chosen: else every drawing would ask anew. */
function useAuditQuery(search: AuditSearch): AuditQuery {
  const [asked, setAsked] = useState(() => ({ search, query: queryOf(search) }));
  if (asked.search === search) return asked.query;
  const next = { search, query: queryOf(search) };
  setAsked(next);
  return next.query;
}

/** To choose from. Whoever may not read policies is not offered any. */
function usePolicies(workspace: string): readonly PolicyView[] {
  const isReader = useWorkspace().permissions.includes("policies:read");
  return useQuery({ ...policiesQuery(workspace), enabled: isReader }).data?.policies ?? [];
}

function NothingHere({ workspace, hasFilters }: { workspace: string; hasFilters: boolean }) {
  if (hasFilters) {
    return (
      <EmptyState
        icon={IconListSearch}
        title="Nothing matches these filters"
        action={
          <LinkButton to={paths.audit({ workspace })} variant="default">
            Show everything
          </LinkButton>
        }
      >
        Take a filter away, or choose a longer time.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={IconListSearch}
      title="Nothing has happened yet"
      action={<LinkButton to={paths.connectChatGpt({ workspace })}>Connect ChatGPT</LinkButton>}
    >
      Every call that an app makes through Conducktor, and every change to this workspace, is kept here: who, through which app,
      and what came of it.
    </EmptyState>
  );
}
