import { Button } from "@mantine/core";
import { IconMapQuestion } from "@tabler/icons-react";
import { Link } from "@tanstack/react-router";

import { paths } from "@/paths";

import { StatePanel } from "./ui/StatePanel";

/** For addresses that lead nowhere, and for workspaces that are not the reader's: the two must look alike. */
export function NotFound() {
  return (
    <StatePanel
      icon={IconMapQuestion}
      title="There is nothing here"
      isPage
      actions={
        <Button component={Link} to={paths.home()} variant="default">
          Go to your workspace
        </Button>
      }
    >
      <title>Not found · Conducktor</title>
      <p>The address is wrong, or it is not yours to see. If somebody sent you the link, ask them for access.</p>
    </StatePanel>
  );
}
