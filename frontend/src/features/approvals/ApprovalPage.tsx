import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";

import { failureOf } from "@/api/ApiProblem";
import type { ApprovalDetail } from "@/api/generated/schema";
import { Crumbs } from "@/components/ui/Crumbs";
import { ErrorState } from "@/components/ui/ErrorState";
import { PageHeader } from "@/components/ui/PageHeader";
import { PlainText } from "@/components/ui/PlainText";
import { RelativeTime } from "@/components/ui/RelativeTime";
import { DetailSkeleton } from "@/components/ui/Skeletons";
import { StateBadge } from "@/components/ui/StateBadge";
import { paths } from "@/paths";

import { Arguments } from "../audit/Arguments";
import { useWorkspace } from "../workspaces/useWorkspace";
import { ApprovalFacts } from "./ApprovalFacts";
import classes from "./ApprovalPage.module.css";
import { approvalQuery } from "./approvalQueries";
import { ArgumentsCut } from "./ArgumentsCut";
import { Decision } from "./Decision";
import { Definition } from "./Definition";
import { Earlier } from "./Earlier";
import { Outcome } from "./Outcome";
import { Questions } from "./Questions";
import { badgeOf, titleOf } from "./words";

const route = getRouteApi("/w/$workspace/approvals/$approval");

/** One request as a review: what will happen, who asks, why, the exact arguments; then the decision. */
export function ApprovalPage() {
  const { slug } = useWorkspace();
  const { approval } = route.useParams();
  const query = useQuery(approvalQuery(slug, approval));
  const failure = failureOf(query);
  const detail = failure?.isNotFound === true ? undefined : query.data;
  return (
    <>
      <Crumbs above={[{ label: "Approvals", href: paths.approvals({ workspace: slug }) }]} />
      {detail && <Approval key={detail.approval.id} workspace={slug} detail={detail} />}
      {!detail && failure && (
        <>
          <PageHeader title="Request for approval" />
          <ErrorState error={failure} onRetry={() => void query.refetch()} />
        </>
      )}
      {!detail && !failure && <DetailSkeleton />}
    </>
  );
}

function Approval({ workspace, detail }: { workspace: string; detail: ApprovalDetail }) {
  const { tab } = route.useSearch();
  const { approval } = detail;
  return (
    <>
      <PageHeader
        title={titleOf(approval)}
        after={<StateBadge state={badgeOf(approval.state)} />}
        description={
          <>
            <strong className={classes.person}>{approval.requester}</strong> {approval.state === "pending" ? "asks" : "asked"}
            {approval.client !== null && (
              <>
                {" "}
                through <PlainText text={approval.client} />
              </>
            )}
            , <RelativeTime at={approval.created_at} />
          </>
        }
      />
      <Outcome workspace={workspace} detail={detail} />
      <div className={classes.columns}>
        <div className={classes.review}>
          <Questions questions={approval.questions} />
          <div>
            <Arguments
              heading="Arguments"
              text={detail.arguments}
              withheld={detail.arguments_withheld}
              href={paths.approval({ workspace, approval: approval.id })}
              tab={tab}
            />
            <ArgumentsCut detail={detail} />
          </div>
          <Definition detail={detail} />
          <Earlier workspace={workspace} earlier={detail.earlier} />
        </div>
        <div className={classes.side}>
          <Decision workspace={workspace} detail={detail} />
          <ApprovalFacts workspace={workspace} detail={detail} />
        </div>
      </div>
    </>
  );
}
