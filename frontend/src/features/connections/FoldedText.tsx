import { UnstyledButton } from "@mantine/core";
import { useState } from "react";

import { PlainText } from "@/components/ui/PlainText";

import classes from "./FoldedText.module.css";

const SHOWN_CHARACTERS = 1_500;

/** A text from outside, with its beginning shown when it is long. Nothing is left out, only folded. */
export function FoldedText({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(text.length <= SHOWN_CHARACTERS);
  if (isWhole) return <PlainText text={text} />;
  return (
    <>
      <PlainText text={text.slice(0, SHOWN_CHARACTERS)} />…{" "}
      <UnstyledButton
        className={classes.more}
        onClick={() => {
          setWhole(true);
        }}
      >
        Show all {text.length.toLocaleString("en")} characters
      </UnstyledButton>
    </>
  );
}
