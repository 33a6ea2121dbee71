import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";

import classes from "./RailDrawer.module.css";

const CLASSES = { header: classes.header ?? "", body: classes.body ?? "" };

/** The rail on narrow screens. */
export default function RailDrawer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  return (
    <Drawer opened onClose={onClose} size="17rem" withCloseButton={false} padding={0} title="Menu" classNames={CLASSES}>
      {children}
    </Drawer>
  );
}
