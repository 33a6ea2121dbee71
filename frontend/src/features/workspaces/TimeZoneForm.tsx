import { Button, Select } from "@mantine/core";
import { useState } from "react";

import { FormError } from "@/components/ui/FormError";
import { GuardedButton } from "@/components/ui/GuardedButton";
import { useSubmit } from "@/components/ui/useSubmit";

import { useChangeSettings } from "./settingsQueries";
import classes from "./SettingsPage.module.css";
import { clockIn, timeZoneChoices } from "./timeZones";

export interface TimeZoneFormProps {
  workspace: string;
  current: string;
  whyNot: string | undefined;
}

const SHOWN_MAX = 100;

export default function TimeZoneForm({ workspace, current, whyNot }: TimeZoneFormProps) {
  const [now] = useState(() => new Date());
  const [choices] = useState(() => timeZoneChoices(now, current));
  const [zone, setZone] = useState(current);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const change = useChangeSettings(workspace);
  const { submit, problem, isPending } = useSubmit({ setErrors }, async (wish: string) => {
    await change({ time_zone: wish });
  });
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit(zone);
      }}
    >
      <FormError problem={problem} shownFields={["time_zone"]} />
      <Select
        label="Time zone"
        labelProps={HIDDEN}
        searchable
        allowDeselect={false}
        disabled={whyNot !== undefined}
        limit={SHOWN_MAX}
        nothingFoundMessage="No time zone by that name. Try a city nearby."
        data={choices}
        value={zone}
        error={errors.time_zone}
        onChange={(chosen) => {
          if (chosen !== null) setZone(chosen);
        }}
      />
      <p className={classes.quiet}>It is {clockIn(zone, now)} there now.</p>
      {whyNot === undefined ? (
        <Button type="submit" variant="default" loading={isPending} disabled={zone === current}>
          Change time zone
        </Button>
      ) : (
        <GuardedButton variant="default" whyNot={whyNot}>
          Change time zone
        </GuardedButton>
      )}
    </form>
  );
}

const HIDDEN = { "data-visually-hidden": "" };
