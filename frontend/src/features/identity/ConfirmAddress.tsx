import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";

import { asProblem } from "@/api/ApiProblem";
import { api } from "@/api/client";
import { FormError } from "@/components/ui/FormError";

import classes from "./ConfirmAddress.module.css";
import { useSession } from "./session";

/** How the address is confirmed here: by a letter, by the link that the founder sees, or by a link in the server's log. */
export function ConfirmAddress() {
  const { user, verify_link: link, installation } = useSession();
  if (!user) return null;
  if (link !== null) {
    return (
      <div className={classes.how}>
        <p className={classes.words}>
          This installation has no mail server, so the link for {user.email} is in the server’s log. As its founder you can open
          it here.
        </p>
        <Button component="a" href={link}>
          Open the link
        </Button>
      </div>
    );
  }
  return <Letter email={user.email} isMailed={installation.mail} />;
}

function Letter({ email, isMailed }: { email: string; isMailed: boolean }) {
  const again = useMutation({ mutationFn: () => api.POST("/api/verify-email/resend") });
  return (
    <div className={classes.how}>
      <p className={classes.words}>
        {isMailed
          ? `Open the link in the letter that we sent to ${email}.`
          : `This installation has no mail server: ask your operator for the link for ${email}, which is in the server’s log.`}
      </p>
      <FormError problem={again.error ? asProblem(again.error) : undefined} />
      <Button
        variant="default"
        loading={again.isPending}
        onClick={() => {
          again.mutate();
        }}
      >
        {isMailed ? "Send it again" : "Make a new link"}
      </Button>
      {again.isSuccess && (
        <p className={classes.note} role="status">
          {isMailed ? "A new letter is on its way; earlier links stopped working." : "A new link is in the server’s log."}
        </p>
      )}
    </div>
  );
}
