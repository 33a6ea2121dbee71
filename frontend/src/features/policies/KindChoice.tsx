import { Link } from "@tanstack/react-router";

import type { KindView } from "@/api/generated/schema";
import { paths } from "@/paths";

import classes from "./KindChoice.module.css";
import { KindIcon } from "./KindIcon";

export interface KindChoiceProps {
  workspace: string;
  kinds: readonly KindView[];
}

/** What a policy can do, as cards that lead to its form. */
export function KindChoice({ workspace, kinds }: KindChoiceProps) {
  return (
    <ul className={classes.kinds}>
      {inOrder(kinds).map(({ kind, title, help }) => (
        <li key={kind}>
          <Link to={paths.newPolicy({ workspace })} search={{ kind }} className={classes.kind}>
            <KindIcon kind={kind} />
            <span>
              <span className={classes.title}>{title}</span>
              <span className={classes.help}>{firstSentence(help)}</span>
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

function firstSentence(text: string): string {
  return /^.*?[.](?=\s|$)/.exec(text)?.[0] ?? text;
}

/** Those that people look for most stand first; a kind that was added later stands last. */
const USUAL = [
  "require_approval",
  "budget_limit",
  "allow_only",
  "deny",
  "rate_limit",
  "redact",
  "argument_rule",
  "untrusted_flow",
];

function inOrder(kinds: readonly KindView[]): KindView[] {
  const place = ({ kind }: KindView) => (USUAL.includes(kind) ? USUAL.indexOf(kind) : USUAL.length);
  return kinds.toSorted((a, b) => place(a) - place(b));
}
