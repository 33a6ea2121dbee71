import { Button, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useDeferredValue } from "react";

import { failureOf } from "@/api/ApiProblem";
import type { CatalogEntryView, CatalogView } from "@/api/generated/schema";
import { Crumbs } from "@/components/ui/Crumbs";
import { EmptyState } from "@/components/ui/EmptyState";
import { ErrorState } from "@/components/ui/ErrorState";
import { LinkButton } from "@/components/ui/LinkButton";
import { PageHeader } from "@/components/ui/PageHeader";
import { CardsSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { useWorkspace } from "../workspaces/useWorkspace";
import { catalogQuery } from "./connectionQueries";
import { CUSTOM } from "./wish";
import { categoriesOf, EFFORTS, found, shelvesOf } from "./gallery";
import classes from "./GalleryPage.module.css";
import { CustomServerCard, RestApiCard, ServiceCard } from "./ServiceCard";

const route = getRouteApi("/w/$workspace/connections/new");

export function GalleryPage() {
  const { slug } = useWorkspace();
  const catalog = useQuery(catalogQuery(slug));
  const failure = failureOf(catalog);
  return (
    <>
      <Crumbs above={[{ label: "Connections", href: paths.connections({ workspace: slug }) }]} />
      <PageHeader
        title="Add a connection"
        description="Choose a service, or connect any MCP server by its address."
        actions={
          <LinkButton variant="default" to={paths.importServices({ workspace: slug })}>
            Import services
          </LinkButton>
        }
      />
      {catalog.data === undefined ? (
        failure ? (
          <ErrorState error={failure} onRetry={() => void catalog.refetch()} />
        ) : (
          <CardsSkeleton cards={12} />
        )
      ) : (
        <Gallery catalog={catalog.data} />
      )}
    </>
  );
}

/** The whole catalogue is here, so that what is typed is found with the next picture. */
function Gallery({ catalog }: { catalog: CatalogView }) {
  const { slug } = useWorkspace();
  const search = route.useSearch();
  const sought = { ...search, search: useDeferredValue(search.search) };
  const isHidden = search.needs === HIDDEN;
  const visible = catalog.items.filter((entry) => !entry.is_hidden);
  const offered = catalog.items.filter((entry) => entry.is_hidden === isHidden);
  const shown = found(offered, sought);
  return (
    <>
      <SearchField total={visible.length} first={shown.find(({ is_available: can }) => can)} />
      <Efforts entries={found(visible, { ...sought, needs: undefined })} hidden={catalog.items.length - visible.length} />
      <div className={classes.gallery}>
        <Categories counts={categoriesOf(found(offered, { ...sought, category: undefined }), Object.keys(catalog.categories))} />
        <Shelves workspace={slug} entries={shown} sought={search.search} />
      </div>
    </>
  );
}

/** Enter opens the first that is found. */
function SearchField({ total, first }: { total: number; first: CatalogEntryView | undefined }) {
  const { slug } = useWorkspace();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <TextInput
      className={classes.search}
      type="search"
      aria-label="Search services"
      placeholder={`Search ${String(total)} services`}
      leftSection={<IconSearch size={16} stroke={1.75} aria-hidden />}
      value={search.search ?? ""}
      onChange={(event) => {
        void navigate({
          search: { ...search, search: event.currentTarget.value || undefined },
          replace: true,
          resetScroll: false,
        });
      }}
      onKeyDown={(event) => {
        if (event.key === "Enter" && first && search.search !== undefined) {
          void navigate({ to: paths.connectService({ workspace: slug, service: first.id }) });
        }
      }}
    />
  );
}

/** What one must bring, with how many of what else is sought need it. */
function Efforts({ entries, hidden }: { entries: readonly CatalogEntryView[]; hidden: number }) {
  const { slug } = useWorkspace();
  const { search, category, needs } = route.useSearch();
  const choices = [
    { value: undefined, label: "All", count: entries.length },
    ...EFFORTS.map(({ value, label }) => ({ value, label, count: found(entries, { needs: value }).length })),
    ...(hidden > 0 ? [{ value: HIDDEN, label: "Hidden", count: hidden }] : []),
  ];
  return (
    <nav className={classes.efforts} aria-label="What it needs">
      {choices.map(({ value, label, count }) => (
        <Link
          key={label}
          to={paths.newConnection({ workspace: slug })}
          search={{ search, category, needs: value }}
          replace
          resetScroll={false}
          className={classes.effort}
          activeOptions={ACTIVE}
          aria-current={needs === value ? "page" : undefined}
        >
          {label} <span className={classes.count}>{count}</span>
        </Link>
      ))}
    </nav>
  );
}

/** Those that an admin took out of the gallery. */
const HIDDEN = "hidden";

/** "All services" has no category in its address, which must not match every category. */
const ACTIVE = { explicitUndefined: true };

function Categories({ counts }: { counts: readonly (readonly [string, number])[] }) {
  const { slug } = useWorkspace();
  const { search, needs } = route.useSearch();
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  const choices = [[undefined, total] as const, ...counts];
  return (
    <nav className={classes.categories} aria-label="Categories">
      {choices.map(([category, count]) => (
        <Link
          key={category ?? ""}
          to={paths.newConnection({ workspace: slug })}
          search={{ search, needs, category }}
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
            {hasCustomServer && <RestApiCard workspace={workspace} />}
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
        <div className={classes.ways}>
          <Button component={Link} to={paths.connectService({ workspace, service: CUSTOM })}>
            Connect a custom server
          </Button>
          <LinkButton variant="default" to={paths.newConnection({ workspace })} search={{}}>
            Show all services
          </LinkButton>
        </div>
      }
    >
      Any MCP server can be connected by its address, whether it is in the gallery or not.
    </EmptyState>
  );
}
