import { useState } from "react";

import { type Json, JsonView } from "@/components/ui/JsonView";
import { PlainText } from "@/components/ui/PlainText";

import { simpleText } from "./argumentFields";
import classes from "./Arguments.module.css";

const LONG = 600;

/** One argument: its name, and its value as a person reads it. Long texts are folded, never cut. */
export function ArgumentField({ name, value }: { name: string; value: Json }) {
  const text = simpleText(value);
  return (
    <div className={classes.field}>
      <dt className={classes.name}>
        <PlainText text={name} />
      </dt>
      <dd className={classes.value}>{text === undefined ? <JsonView label={name} value={value} /> : <Text text={text} />}</dd>
    </div>
  );
}

function Text({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false);
  if (text === "") return <span className={classes.empty}>empty</span>;
  if (text.length <= LONG || isWhole) return <PlainText text={text} />;
  return (
    <>
      <PlainText text={text.slice(0, LONG)} />…{" "}
      <button
        type="button"
        className={classes.more}
        onClick={() => {
          setWhole(true);
        }}
      >
        Show all {text.length.toLocaleString("en")} characters
      </button>
    </>
  );
}
