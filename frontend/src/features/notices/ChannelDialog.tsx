import { Button, Checkbox, Modal, Radio, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { api } from "@/api/client";
import type { ChannelView } from "@/api/generated/schema";
import { CopyField } from "@/components/ui/CopyField";
import { FormError } from "@/components/ui/FormError";
import { useLast } from "@/components/ui/useLast";
import { useSubmit } from "@/components/ui/useSubmit";

import { type ChannelDraft, type ChannelErrors, changeOf, draftOf, missingOf, newChannelOf } from "./channelDraft";
import { ALL_TOPICS, KINDS, TOPICS } from "./kinds";
import { refreshNotices } from "./noticeQueries";
import classes from "./NotificationsPage.module.css";

export interface ChannelWish {
  /** The one to change; none: a new one. */
  channel: ChannelView | undefined;
}

export interface ChannelDialogProps {
  workspace: string;
  wish: ChannelWish | undefined;
  onClose: () => void;
}

export default function ChannelDialog({ workspace, wish, onClose }: ChannelDialogProps) {
  const shown = useLast(wish);
  if (!shown) return null;
  const { channel } = shown;
  return (
    <Modal opened={wish !== undefined} onClose={onClose} title={channel ? `Edit “${channel.name}”` : "Add a channel"}>
      <Steps key={channel?.id} workspace={workspace} channel={channel} onClose={onClose} />
    </Modal>
  );
}

interface StepsProps {
  workspace: string;
  channel: ChannelView | undefined;
  onClose: () => void;
}

function Steps(props: StepsProps) {
  const [secret, setSecret] = useState<string>();
  return secret === undefined ? (
    <ChannelForm {...props} onSecret={setSecret} />
  ) : (
    <MadeSecret secret={secret} onClose={props.onClose} />
  );
}

function ChannelForm({ workspace, channel, onClose, onSecret }: StepsProps & { onSecret: (secret: string) => void }) {
  const [draft, setDraft] = useState(() => draftOf(channel));
  const [isEnabled, setEnabled] = useState(channel?.is_enabled ?? true);
  const [errors, setErrors] = useState<ChannelErrors>({});
  const save = useSave(workspace, channel);
  const { submit, problem, isPending } = useSubmit({ setErrors }, async (given: ChannelDraft) => {
    const secret = await save(given, isEnabled);
    if (secret == null) onClose();
    else onSecret(secret);
  });
  const edit = (changed: Partial<ChannelDraft>) => {
    setDraft({ ...draft, ...changed });
    setErrors({});
  };
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const missing = missingOf(draft, channel === undefined);
        setErrors(missing);
        if (Object.keys(missing).length === 0) void submit(draft);
      }}
    >
      {!channel && (
        <Radio.Group label="Kind" value={draft.kind} onChange={(kind) => edit({ kind: kind })}>
          <div className={classes.choices}>
            {Object.entries(KINDS).map(([kind, { label, words }]) => (
              <Radio key={kind} value={kind} label={label} description={words} />
            ))}
          </div>
        </Radio.Group>
      )}
      <TextInput
        label="Name"
        maxLength={80}
        autoComplete="off"
        data-autofocus
        value={draft.name}
        error={errors.name}
        onChange={(event) => edit({ name: event.currentTarget.value })}
      />
      <Target draft={draft} errors={errors} edit={edit} isStored={channel !== undefined} />
      <Checkbox.Group label="Tell of" value={draft.topics} error={errors.topics} onChange={(topics) => edit({ topics: topics })}>
        <div className={classes.choices}>
          {ALL_TOPICS.map((topic) => (
            <Checkbox key={topic} value={topic} label={TOPICS[topic].label} description={TOPICS[topic].words} />
          ))}
        </div>
      </Checkbox.Group>
      {channel && <Checkbox label="On" checked={isEnabled} onChange={(event) => setEnabled(event.currentTarget.checked)} />}
      <FormError problem={problem} shownFields={["name", "topics", "addresses", "url", "secret"]} />
      <div className={classes.end}>
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={isPending}>
          {channel ? "Save channel" : "Add channel"}
        </Button>
      </div>
    </form>
  );
}

interface TargetProps {
  draft: ChannelDraft;
  errors: ChannelErrors;
  edit: (changed: Partial<ChannelDraft>) => void;
  isStored: boolean;
}

function Target({ draft, errors, edit, isStored }: TargetProps) {
  if (draft.kind === "email") {
    return (
      <Textarea
        label="Addresses"
        description="One a line."
        rows={3}
        resize="vertical"
        value={draft.addresses}
        error={errors.addresses}
        onChange={(event) => edit({ addresses: event.currentTarget.value })}
      />
    );
  }
  return (
    <>
      <TextInput
        label="Address"
        description={
          draft.kind === "slack" ? `It is a secret, stored encrypted and never shown again. ${kept(isStored)}` : kept(isStored)
        }
        type="url"
        autoComplete="off"
        spellCheck={false}
        value={draft.url}
        error={errors.url}
        onChange={(event) => edit({ url: event.currentTarget.value })}
      />
      {draft.kind === "webhook" && (
        <TextInput
          label="Signing secret"
          description={isStored ? kept(true) : "Leave it empty to have one made. At least 16 characters."}
          type="password"
          autoComplete="off"
          value={draft.secret}
          error={errors.secret}
          onChange={(event) => edit({ secret: event.currentTarget.value })}
        />
      )}
    </>
  );
}

function kept(isStored: boolean): string {
  return isStored ? "Leave it empty to keep what is stored." : "";
}

/** Saves, and returns the secret that was made, if one was. */
function useSave(workspace: string, channel: ChannelView | undefined) {
  const queryClient = useQueryClient();
  return async (draft: ChannelDraft, isEnabled: boolean): Promise<string | null | undefined> => {
    if (channel) {
      await api.PATCH("/api/workspaces/{workspace}/notices/channels/{channel_id}", {
        params: { path: { workspace, channel_id: channel.id } },
        body: { ...changeOf(draft), is_enabled: isEnabled },
      });
      await refreshNotices(queryClient, workspace);
      return undefined;
    }
    const { data } = await api.POST("/api/workspaces/{workspace}/notices/channels", {
      params: { path: { workspace } },
      body: newChannelOf(draft),
    });
    await refreshNotices(queryClient, workspace);
    return data?.secret;
  };
}

function MadeSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <div className={classes.form}>
      <p role="status">
        The channel is set up. Keep this secret at the receiver: it is shown this once. Each message carries{" "}
        <code>Conducktor-Signature: t=…,v1=…</code>, where v1 is the HMAC-SHA256 of <code>t.body</code> with it.
      </p>
      <CopyField label="Signing secret" value={secret} />
      <div className={classes.end}>
        <Button onClick={onClose} data-autofocus>
          Done
        </Button>
      </div>
    </div>
  );
}
