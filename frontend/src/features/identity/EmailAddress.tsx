import { IconCircleCheck, IconCircleDashed } from "@tabler/icons-react";

import type { User } from "@/api/generated/schema";

import { ConfirmAddress } from "./ConfirmAddress";
import classes from "./ProfilePage.module.css";

export function EmailAddress({ user }: { user: User }) {
  const Icon = user.email_verified ? IconCircleCheck : IconCircleDashed;
  return (
    <>
      <div className={classes.address}>
        {user.email}
        <span className={classes.confirmed} data-open={!user.email_verified || undefined}>
          <Icon size={14} stroke={1.75} aria-hidden />
          {user.email_verified ? "Confirmed" : "Not confirmed yet"}
        </span>
      </div>
      {!user.email_verified && <ConfirmAddress />}
    </>
  );
}
