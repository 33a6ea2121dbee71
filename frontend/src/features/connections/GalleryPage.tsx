import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";

import { failureOf } from "@/api/ApiProblem";
import type { CatalogEntryView, CatalogView } from "@/api/generated/schema";
import { Crumbs } from "@/components/ui/Crumbs";
import { EmptyState } from "@/components/ui/EmptyState";
import { ErrorState } from "@/components/ui/ErrorState";
import { PageHeader } from "@/components/ui/PageHeader";
import { CardsSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { useWorkspace } from "../workspaces/useWorkspace";
import { catalogQuery } from "./connectionQueries";
import { CUSTOM } from "./wish";
import { shelvesOf } from "./gallery";
import classes from "./GalleryPage.module.css";
import { CustomServerCard, ServiceCard } from "./ServiceCard";

const route = getRouteApi("/w/$workspace/connections/new");
const SEARCH_AFTER_MS = 150;

export function GalleryPage() {
  const { slug } = useWorkspace();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [sought] = useDebouncedValue(search.search ?? "", SEARCH_AFTER_MS);
  const query = { ...(sought !== "" && { search: sought }), ...(search.category !== undefined && { category: search.category }) };
  const catalog = useQuery({ ...catalogQuery(slug, query), placeholderData: keepPreviousData });
  const { data } = catalog;
  const failure = failureOf(catalog);
  return (
    <>
      <Crumbs above={[{ label: "Connections", href: paths.connections({ workspace: slug }) }]} />
      <PageHeader title="Add a connection" description="Choose a service, or connect any MCP server by its address." />
      <TextInput
        className={classes.search}
        type="search"
        aria-label="Search services"
        placeholder={data ? `Search ${String(data.total)} services` : "Search services"}
        leftSection={<IconSearch size={16} stroke={1.75} aria-hidden />}
        value={search.search ?? ""}
        onChange={(event) => {
          void navigate({
            search: { ...search, search: event.currentTarget.value || undefined },
            replace: true,
            resetScroll: false,
          });
        }}
      />
      {data === undefined &&
        (failure ? <ErrorState error={failure} onRetry={() => void catalog.refetch()} /> : <CardsSkeleton cards={12} />)}
      {data && (
        <div className={classes.gallery}>
          <Categories catalog={data} />
          <Shelves workspace={slug} entries={data.items} sought={search.search} />
        </div>
      )}
    </>
  );
}

/** "All services" has no category in its address, which must not match every category. */
const ACTIVE = { explicitUndefined: true };

function Categories({ catalog }: { catalog: CatalogView }) {
  const { slug } = useWorkspace();
  const { search } = route.useSearch();
  const choices = [[undefined, catalog.total] as const, ...Object.entries(catalog.categories)];
  return (
    <nav className={classes.categories} aria-label="Categories">
      {choices.map(([category, count]) => (
        <Link
          key={category ?? ""}
          to={paths.newConnection({ workspace: slug })}
          search={{ search, category }}
          replace
          resetScroll={false}
          activeOptions={ACTIVE}
          className={classes.category}
        >
          {category ?? "All services"}
          <span className={classes.count}>{count}</span>
        </Link>
      ))}
    </nav>
  );
}

interface ShelvesProps {
  workspace: string;
  entries: readonly CatalogEntryView[];
  sought: string | undefined;
}

function Shelves({ workspace, entries, sought }: ShelvesProps) {
  if (entries.length === 0) return <NothingFound workspace={workspace} sought={sought} />;
  return (
    <div className={classes.shelves}>
      {shelvesOf(entries).map(({ title, entries: shown, hasCustomServer }) => (
        <section key={title} aria-labelledby={`shelf-${title}`}>
          <h2 id={`shelf-${title}`} className={classes.shelf}>
            {title} <span className={classes.count}>{shown.length > 0 && shown.length}</span>
          </h2>
          <div className={classes.cards}>
            {hasCustomServer && <CustomServerCard workspace={workspace} />}
            {shown.map((entry) => (
              <ServiceCard key={entry.id} workspace={workspace} entry={entry} />
            ))}
          </div>
        </section>
      ))}
    </div>
  );
}

function NothingFound({ workspace, sought }: { workspace: string; sought: string | undefined }) {
  return (
    <EmptyState
      icon={IconSearch}
      title={sought === undefined ? "No service here" : `No service matches “${sought}”`}
      action={
        <Button component={Link} to={paths.connectService({ workspace, service: CUSTOM })}>
          Connect a custom server
        </Button>
      }
    >
      Any MCP server can be connected by its address, whether it is in the gallery or not.
    </EmptyState>
  );
}
