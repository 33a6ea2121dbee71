import type { Json } from "@/components/ui/JsonView";
import { PlainText } from "@/components/ui/PlainText";

import { parametersOf } from "./parameters";
import drawerClasses from "./ToolDrawer.module.css";
import classes from "./ToolParameters.module.css";

/** What a call must and may say, for people. The whole schema stands below it. */
export function ToolParameters({ schema }: { schema: Json | undefined }) {
  const parameters = parametersOf(schema);
  return (
    <section>
      <h3 className={drawerClasses.heading}>Arguments</h3>
      {parameters.length === 0 && <p className={classes.none}>It takes none.</p>}
      <dl className={classes.list}>
        {parameters.map(({ name, type, isRequired, description }) => (
          <div key={name} className={classes.parameter}>
            <dt>
              <code>
                <PlainText text={name} />
              </code>
              <span className={classes.type}>
                <PlainText text={type} />
              </span>
              {isRequired && <span className={classes.required}>required</span>}
            </dt>
            {description !== undefined && (
              <dd>
                <PlainText text={description} />
              </dd>
            )}
          </div>
        ))}
      </dl>
    </section>
  );
}
