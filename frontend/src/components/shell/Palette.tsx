import { Spotlight, spotlight } from "@mantine/spotlight";
import { IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import classes from "./Palette.module.css";
import { findEntries, pageEntries, type PaletteEntry } from "./paletteEntries";
import type { WorkspaceChoice } from "./Shell";

export interface PaletteProps {
  workspace: WorkspaceChoice;
  entries: readonly PaletteEntry[];
  /** How often it was asked for; each time opens it. */
  searches: number;
}

const SHOWN_MAX = 50;

/** Ctrl/⌘-K: go anywhere by typing. */
export default function Palette({ workspace, entries, searches }: PaletteProps) {
  const [query, setQuery] = useState("");
  const navigate = useNavigate();
  // An effect, because its open state lives in Mantine's store.
  useEffect(() => {
    spotlight.open();
  }, [searches]);
  const found = findEntries([...pageEntries(workspace), ...entries], query).slice(0, SHOWN_MAX);
  const groups = [...new Set(found.map((entry) => entry.group))];
  return (
    <Spotlight.Root
      query={query}
      shortcut={null}
      onQueryChange={setQuery}
      scrollable
      maxHeight={420}
      size="36rem"
      centered={false}
      yOffset="12vh"
      overlayProps={OVERLAY}
      transitionProps={TRANSITION}
    >
      <Spotlight.Search
        placeholder="Go to a page or connection"
        aria-label="Go to a page or connection"
        leftSection={<IconSearch size={16} stroke={1.75} aria-hidden />}
      />
      <Spotlight.ActionsList>
        {groups.map((group) => (
          <Spotlight.ActionsGroup key={group} label={group} className={classes.group ?? ""}>
            {found
              .filter((entry) => entry.group === group)
              .map(({ id, label, description, icon: Icon, href }) => (
                <Spotlight.Action
                  key={id}
                  label={label}
                  description={description}
                  leftSection={Icon && <Icon size={16} stroke={1.6} aria-hidden />}
                  className={classes.action ?? ""}
                  onClick={() => void navigate({ to: href })}
                />
              ))}
          </Spotlight.ActionsGroup>
        ))}
        {found.length === 0 && <Spotlight.Empty>Nothing by that name. Try a page, a connection or a tool.</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

const OVERLAY = { backgroundOpacity: 0.4, blur: 0 };
const TRANSITION = { duration: 80 };
