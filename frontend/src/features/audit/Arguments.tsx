import { IconEyeOff } from "@tabler/icons-react";
import { getRouteApi } from "@tanstack/react-router";

import type { AuditDetail } from "@/api/generated/schema";
import { Callout } from "@/components/ui/Callout";
import { CodeBlock } from "@/components/ui/CodeBlock";
import { hasHidden } from "@/components/ui/invisible";
import { JsonView } from "@/components/ui/JsonView";
import { LinkTabs } from "@/components/ui/LinkTabs";
import { paths } from "@/paths";

import { type ArgumentFields, fieldsOf } from "./argumentFields";
import { ArgumentField } from "./ArgumentField";
import classes from "./Arguments.module.css";
import page from "./EntryPage.module.css";

const route = getRouteApi("/w/$workspace/audit/$entry");

export interface ArgumentsProps {
  detail: AuditDetail;
  /** `json`: as it was sent; otherwise by field. */
  tab: string | undefined;
}

/** What was asked, as it was sent; or why it is not shown. */
export function Arguments({ detail, tab }: ArgumentsProps) {
  const isCall = detail.line.kind === "call";
  return (
    <section aria-labelledby="arguments">
      <h2 id="arguments" className={page.heading}>
        {isCall ? "Arguments" : "Input"}
      </h2>
      <Content detail={detail} tab={tab} />
    </section>
  );
}

function Content({ detail, tab }: ArgumentsProps) {
  const { workspace, entry } = route.useParams();
  const { arguments: text, arguments_withheld: withheld } = detail;
  if (withheld !== null) return <Withheld why={withheld} />;
  if (text === null) return <p className={page.quiet}>None were kept.</p>;
  const given = fieldsOf(text);
  if (!given) return <CodeBlock label="As it was sent" text={text} />;
  if (given.fields.length === 0) return <p className={page.quiet}>It was asked without any.</p>;
  return (
    <>
      {hasHidden(given.allText) && <HiddenCharacters />}
      <LinkTabs
        name="Arguments"
        href={paths.auditEntry({ workspace, entry })}
        tabs={TABS}
        current={tab === "json" ? "json" : undefined}
      />
      {tab === "json" ? <JsonView label="As it was sent" value={given.value} openDepth={4} /> : <Fields given={given} />}
    </>
  );
}

const TABS = [
  { value: undefined, label: "Fields" },
  { value: "json", label: "JSON" },
];

function Fields({ given }: { given: ArgumentFields }) {
  return (
    <dl className={classes.fields}>
      {given.fields.map(([name, value]) => (
        <ArgumentField key={name} name={name} value={value} />
      ))}
    </dl>
  );
}

function Withheld({ why }: { why: string }) {
  return (
    <div className={classes.withheld}>
      <IconEyeOff size={16} stroke={1.75} aria-hidden />
      <div>
        <div className={classes.withheldTitle}>Not shown to you</div>
        <p>{why} Ask an owner or admin of this workspace. The digest beside this proves what was sent without showing it.</p>
      </div>
    </div>
  );
}

function HiddenCharacters() {
  return (
    <div className={classes.warning}>
      <Callout tone="warn" title="These arguments hold characters that cannot be seen">
        <p>They are shown by their code, such as U+200B. A model reads them; a person does not.</p>
      </Callout>
    </div>
  );
}
