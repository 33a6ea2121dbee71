import { lazy, type ReactNode, Suspense, useState } from "react";

/** Loaded when something is about to be destroyed, which is seldom: dialogs are a tenth of what a first load may weigh. */
const ConfirmModal = lazy(() => import("./ConfirmModal"));

export interface ConfirmDialogProps {
  isOpen: boolean;
  /** A verb and what kind of thing: "Delete connection". */
  verb: string;
  /** The thing by name; it stands in the question and on the button's label. */
  name: string;
  /** What else goes with it, one fact each. */
  consequences: readonly ReactNode[];
  /** For what cannot be undone: the name must be typed first. */
  mustTypeName?: boolean;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before something is destroyed: names it, says what goes with it, shows why if the server refuses, closes only on success. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const [wasOpen, setWasOpen] = useState(false);
  if (props.isOpen && !wasOpen) setWasOpen(true);
  if (!wasOpen) return null;
  return (
    <Suspense>
      <ConfirmModal {...props} />
    </Suspense>
  );
}
