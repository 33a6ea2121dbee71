import { Notifications } from "@mantine/notifications";

/** Where short news appear: what was done, and what failed out of sight. */
export default function Toasts() {
  return <Notifications position="bottom-right" autoClose={5000} />;
}
