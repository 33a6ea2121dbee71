import { Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { Ref } from "react";

/** A link that looks like a button: for going somewhere, not for doing something. Takes what the router's `Link` takes. */
export const LinkButton = createLink(function ButtonAnchor({ ref, ...props }: ButtonProps & { ref?: Ref<HTMLAnchorElement> }) {
  return <Button component="a" ref={ref} {...props} />;
});
