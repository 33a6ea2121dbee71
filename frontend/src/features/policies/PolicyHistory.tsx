import { useQuery } from "@tanstack/react-query";

import { failureOf } from "@/api/ApiProblem";
import type { PolicyVersionView, PolicyView } from "@/api/generated/schema";
import { Pending } from "@/components/ui/Pending";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { TableSkeleton } from "@/components/ui/Skeletons";

import { useWorkspace } from "../workspaces/useWorkspace";
import classes from "./PolicyHistory.module.css";
import { versionsQuery } from "./policyQueries";
import { useNames } from "./useNames";
import { differences } from "./versions";
import { type NameOf, sentenceOf } from "./words";

/** Every version, newest first: who made it, and what it changed. */
export function PolicyHistory({ policy }: { policy: PolicyView }) {
  const { slug } = useWorkspace();
  const nameOf = useNames(slug);
  const query = useQuery(versionsQuery(slug, policy.id));
  if (!query.data) {
    return (
      <Pending skeleton={<TableSkeleton rows={3} columns={2} />} error={failureOf(query)} onRetry={() => void query.refetch()} />
    );
  }
  const { versions } = query.data;
  return (
    <ol className={classes.versions} aria-label="Versions">
      {versions.map((version, index) => (
        <li key={version.version} className={classes.version}>
          <h2 className={classes.heading}>
            Version {version.version}
            <span className={classes.by}>
              {version.changed_by}, <RelativeTime at={version.changed_at} />
            </span>
          </h2>
          <Changes version={version} before={versions[index + 1]} nameOf={nameOf} />
        </li>
      ))}
    </ol>
  );
}

interface ChangesProps {
  version: PolicyVersionView;
  before: PolicyVersionView | undefined;
  nameOf: NameOf;
}

function Changes({ version, before, nameOf }: ChangesProps) {
  if (!before) return <p className={classes.first}>Made. {sentenceOf(version, nameOf)}</p>;
  const changed = differences(version, before, nameOf);
  if (changed.length === 0) return <p className={classes.first}>Nothing that a call would notice.</p>;
  return (
    <dl className={classes.changes}>
      {changed.map(({ what, before: was, after: is }) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>
            <del>{was}</del> <span aria-hidden>→</span> <ins>{is}</ins>
          </dd>
        </div>
      ))}
    </dl>
  );
}
