import { useState } from "react";

import blockClasses from "./CodeBlock.module.css";
import { CopyButton } from "./CopyField";
import classes from "./JsonView.module.css";
import { PlainText } from "./PlainText";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

export interface JsonViewProps {
  label: string;
  value: Json;
  /** How many levels are open at first. */
  openDepth?: number;
}

/** JSON to read: branches fold, long texts fold, invisible characters show, and the copy is the whole value. */
export function JsonView({ label, value, openDepth = 2 }: JsonViewProps) {
  return (
    <figure className={blockClasses.block} aria-label={label}>
      <figcaption className={blockClasses.head}>
        <span>{label}</span>
        <CopyButton label={label} value={JSON.stringify(value, null, 2)} />
      </figcaption>
      <div className={classes.tree}>
        <Node value={value} depth={0} openDepth={openDepth} />
      </div>
    </figure>
  );
}

interface NodeProps {
  name?: string;
  value: Json;
  depth: number;
  openDepth: number;
}

function Node(props: NodeProps) {
  const entries = entriesOf(props.value);
  return entries && entries.length > 0 ? <Branch {...props} entries={entries} /> : <Leaf {...props} />;
}

const PAGE = 100;

function Branch({ name, value, depth, openDepth, entries }: NodeProps & { entries: readonly (readonly [string, Json])[] }) {
  const [isOpen, setOpen] = useState(depth < openDepth);
  const [shown, setShown] = useState(PAGE);
  const [start, end] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return (
    <div className={classes.node}>
      <button
        type="button"
        className={classes.toggle}
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        <span className={classes.caret} aria-hidden />
        <Key name={name} />
        {start}
        {!isOpen && (
          <span className={classes.count}>
            {entries.length} {entries.length === 1 ? "entry" : "entries"} {end}
          </span>
        )}
      </button>
      {isOpen && (
        <div className={classes.children}>
          {entries.slice(0, shown).map(([key, child]) => (
            <Node key={key} name={Array.isArray(value) ? undefined : key} value={child} depth={depth + 1} openDepth={openDepth} />
          ))}
          {entries.length > shown && (
            <button
              type="button"
              className={classes.more}
              onClick={() => {
                setShown(shown + PAGE);
              }}
            >
              {entries.length - shown} more
            </button>
          )}
        </div>
      )}
      {isOpen && <div className={classes.end}>{end}</div>}
    </div>
  );
}

const LONG_TEXT = 400;

function Leaf({ name, value }: NodeProps) {
  const [isWhole, setWhole] = useState(false);
  const text = typeof value === "string" ? value : undefined;
  const isFolded = text !== undefined && text.length > LONG_TEXT && !isWhole;
  return (
    <div className={classes.leaf}>
      <Key name={name} />
      {text === undefined ? (
        <span className={classes.scalar}>{scalarOf(value)}</span>
      ) : (
        <span className={classes.string}>
          &quot;
          <PlainText text={isFolded ? text.slice(0, LONG_TEXT) : text} />
          {isFolded ? "…" : '"'}
        </span>
      )}
      {isFolded && (
        <button
          type="button"
          className={classes.more}
          onClick={() => {
            setWhole(true);
          }}
        >
          Show all {text.length.toLocaleString("en")} characters
        </button>
      )}
    </div>
  );
}

function Key({ name }: { name: string | undefined }) {
  if (name === undefined) return null;
  return (
    <span className={classes.key}>
      <PlainText text={name} />
      <span className={classes.colon}>: </span>
    </span>
  );
}

function entriesOf(value: Json): readonly (readonly [string, Json])[] | undefined {
  return typeof value === "object" && value !== null ? Object.entries(value) : undefined;
}

function scalarOf(value: Json): string {
  if (Array.isArray(value)) return "[]";
  return typeof value === "object" && value !== null ? "{}" : String(value);
}
