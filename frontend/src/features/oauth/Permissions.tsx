import { Checkbox } from "@mantine/core";
import { IconCheck, IconMinus } from "@tabler/icons-react";

import type { ConsentPermission, ConsentView, ConsentWorkspace } from "./consent";
import classes from "./Permissions.module.css";

export interface PermissionsProps {
  view: ConsentView;
  workspace: ConsentWorkspace;
  ticked: ReadonlySet<string>;
  onTick: (ticked: ReadonlySet<string>) => void;
}

/** What the app may do, as sentences. Optional permissions are offered only where the person's role has them. */
export function Permissions({ view, workspace, ticked, onTick }: PermissionsProps) {
  const standing = view.permissions.filter(({ optional }) => !optional);
  const optional = view.permissions.filter((permission) => permission.optional && workspace.may.includes(permission.scope));
  return (
    <>
      <section aria-labelledby="standing">
        <h2 id="standing" className={classes.heading}>
          {view.client.name} will be able to
        </h2>
        <ul className={classes.list}>
          {standing.map((permission) => (
            <Standing key={permission.scope} permission={permission} workspace={workspace} />
          ))}
        </ul>
      </section>
      {optional.length > 0 && (
        <fieldset className={classes.optional}>
          <legend className={classes.heading}>Optional</legend>
          {optional.map(({ scope, title, description }) => (
            <Checkbox
              key={scope}
              label={title}
              description={description}
              checked={ticked.has(scope)}
              onChange={(event) => {
                onTick(changed(ticked, scope, event.currentTarget.checked));
              }}
            />
          ))}
        </fieldset>
      )}
    </>
  );
}

function Standing({ permission, workspace }: { permission: ConsentPermission; workspace: ConsentWorkspace }) {
  const isGranted = workspace.may.includes(permission.scope);
  const Icon = isGranted ? IconCheck : IconMinus;
  return (
    <li className={classes.item} data-granted={isGranted || undefined}>
      <Icon size={16} stroke={2} aria-hidden />
      <div>
        <div className={classes.name}>{permission.title}</div>
        <div className={classes.description}>
          {isGranted
            ? permission.description
            : `Not granted: your role in this workspace (${workspace.role}) does not include it.`}
        </div>
      </div>
    </li>
  );
}

function changed(ticked: ReadonlySet<string>, scope: string, isTicked: boolean): ReadonlySet<string> {
  const next = new Set(ticked);
  if (isTicked) next.add(scope);
  else next.delete(scope);
  return next;
}
