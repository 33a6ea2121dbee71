import { IconEyeOff } from "@tabler/icons-react";

import { Callout } from "@/components/ui/Callout";
import { CodeBlock } from "@/components/ui/CodeBlock";
import { hasHidden } from "@/components/ui/invisible";
import { JsonView } from "@/components/ui/JsonView";
import { LinkTabs } from "@/components/ui/LinkTabs";

import { type ArgumentFields, fieldsOf } from "./argumentFields";
import { ArgumentField } from "./ArgumentField";
import classes from "./Arguments.module.css";
import page from "./EntryPage.module.css";

export interface ArgumentsProps {
  /** "Arguments", "Input". */
  heading: string;
  text: string | null;
  /** Why they are not shown. */
  withheld: string | null;
  /** The page's own path. */
  href: string;
  /** `json`: as it was sent; otherwise by field. */
  tab: string | undefined;
}

/** What was asked, as it was sent; or why it is not shown. */
export function Arguments({ heading, ...content }: ArgumentsProps) {
  return (
    <section aria-labelledby="arguments">
      <h2 id="arguments" className={page.heading}>
        {heading}
      </h2>
      <Content {...content} />
    </section>
  );
}

function Content({ text, withheld, href, tab }: Omit<ArgumentsProps, "heading">) {
  if (withheld !== null) return <Withheld why={withheld} />;
  if (text === null) return <p className={page.quiet}>None were kept.</p>;
  const given = fieldsOf(text);
  if (!given) return <CodeBlock label="As it was sent" text={text} />;
  if (given.fields.length === 0) return <p className={page.quiet}>It was asked without any.</p>;
  return (
    <>
      {hasHidden(given.allText) && <HiddenCharacters />}
      <LinkTabs name="Arguments" href={href} tabs={TABS} current={tab === "json" ? "json" : undefined} />
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
