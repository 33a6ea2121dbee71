import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { ApiProblem, failureOf } from "@/api/ApiProblem";
import type { CatalogEntryView } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { Crumbs } from "@/components/ui/Crumbs";
import { ErrorState, ForbiddenState } from "@/components/ui/ErrorState";
import { PageHeader } from "@/components/ui/PageHeader";
import { ServiceAvatar } from "@/components/ui/ServiceAvatar";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { paths } from "@/paths";

import { useWhyNot, useWorkspace } from "../workspaces/useWorkspace";
import { catalogQuery } from "./connectionQueries";
import { NewConnectionForm } from "./NewConnectionForm";
import classes from "./NewConnectionPage.module.css";
import { SetUpHints } from "./SetUpHints";
import { RemoveButton, VisibilityButton } from "./GalleryKeeping";
import { CUSTOM } from "./wish";

const route = getRouteApi("/w/$workspace/connections/new/$service");

export function NewConnectionPage() {
  const { service } = route.useParams();
  const { slug } = useWorkspace();
  const catalog = useQuery(catalogQuery(slug));
  const failure = failureOf(catalog);
  const whyNot = useWhyNot("connections:write");
  const entry = catalog.data?.items.find(({ id }) => id === service);
  return (
    <>
      <Crumbs
        above={[
          { label: "Connections", href: paths.connections({ workspace: slug }) },
          { label: "Add", href: paths.newConnection({ workspace: slug }) },
        ]}
      />
      {whyNot !== undefined && (
        <>
          <PageHeader title="Add a connection" />
          <ForbiddenState detail={whyNot} nextStep="" />
        </>
      )}
      {whyNot === undefined && service === CUSTOM && <CustomServer />}
      {whyNot === undefined && service !== CUSTOM && (
        <>
          {entry && catalog.data && <Service entry={entry} redirectUri={catalog.data.redirect_uri} />}
          {catalog.data && !entry && (
            <>
              <PageHeader title="Add a connection" />
              <ErrorState error={unknownService(service)} />
            </>
          )}
          {!catalog.data &&
            (failure ? <ErrorState error={failure} onRetry={() => void catalog.refetch()} /> : <DetailSkeleton />)}
        </>
      )}
    </>
  );
}

function CustomServer() {
  return (
    <>
      <PageHeader
        title="Connect a custom server"
        description="Any server that speaks MCP over HTTP. Your own servers in a private network must be allowed by the operator."
      />
      <NewConnectionForm entry={undefined} />
    </>
  );
}

function Service({ entry, redirectUri }: { entry: CatalogEntryView; redirectUri: string }) {
  const links = [
    { label: "Documentation", href: entry.docs },
    { label: "Website", href: entry.homepage },
  ];
  return (
    <>
      <PageHeader
        title={`Connect ${entry.title}`}
        before={<ServiceAvatar name={entry.title} size="lg" />}
        description={
          <>
            {entry.description}{" "}
            {links.map(
              ({ label, href }) =>
                href !== null && (
                  <a key={label} href={href} target="_blank" rel="noreferrer" className={classes.link}>
                    {label}
                  </a>
                ),
            )}
          </>
        }
      />
      {entry.unavailable_reason === null ? (
        <>
          {entry.is_hidden ? (
            <Callout tone="quiet" title="An admin hid this service" actions={<VisibilityButton entry={entry} />}>
              <p>It stands in nobody’s gallery, and cannot be connected until it is shown again.</p>
            </Callout>
          ) : (
            <SetUpHints entry={entry} redirectUri={redirectUri} />
          )}
          {!entry.is_hidden && (
            <>
              <NewConnectionForm key={entry.id} entry={entry} />
              <div className={classes.keeping}>
                <VisibilityButton entry={entry} />
                {entry.origin === "imported" && <RemoveButton entry={entry} />}
              </div>
            </>
          )}
        </>
      ) : (
        <Callout tone="warn" title="This service cannot be connected yet">
          <p>{entry.unavailable_reason}</p>
        </Callout>
      )}
    </>
  );
}

function unknownService(service: string): ApiProblem {
  return new ApiProblem(404, {
    title: "The gallery has no such service.",
    detail: `There is none called ${service}.`,
    next_step: "Choose one from the gallery, or connect a custom server by its address.",
  });
}
