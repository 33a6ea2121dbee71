import { Fragment } from "react";

import { splitHidden } from "./invisible";
import classes from "./PlainText.module.css";

/** Text from outside, with whatever cannot be seen made visible. Use it wherever a person judges what a model read or wrote. */
export function PlainText({ text }: { text: string }) {
  return splitHidden(text).map((segment, index) => (
    // The segments of one text never change places.
    <Fragment key={index}>{segment.kind === "text" ? segment.text : <Hidden code={segment.code} name={segment.name} />}</Fragment>
  ));
}

function Hidden({ code, name }: { code: string; name: string }) {
  return (
    <mark className={classes.hidden} title={`${code}: ${name}`}>
      <span data-visually-hidden="">hidden character </span>
      {code}
    </mark>
  );
}
