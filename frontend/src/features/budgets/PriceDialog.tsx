import { Button, Modal, Radio, TextInput } from "@mantine/core";
import { useState } from "react";

import type { PriceView } from "@/api/generated/schema";
import { FormError } from "@/components/ui/FormError";
import { useLast } from "@/components/ui/useLast";
import { useSubmit } from "@/components/ui/useSubmit";

import { bodyOf, draftOf, errorsOf, isKnownAfter, type PriceDraft, type PriceErrors } from "./priceDraft";
import classes from "./PricesTab.module.css";
import { BASES } from "./priceWords";
import { type Priced, useSetPrice } from "./useSetPrice";

export interface PriceWish extends Priced {
  /** As people know it. */
  name: string;
  /** The price that it has of its own now. */
  own: PriceView | null;
}

export interface PriceDialogProps {
  workspace: string;
  wish: PriceWish | undefined;
  onClose: () => void;
}

export default function PriceDialog({ workspace, wish, onClose }: PriceDialogProps) {
  const shown = useLast(wish);
  if (!shown) return null;
  return (
    <Modal opened={wish !== undefined} onClose={onClose} title={`What does ${shown.name} cost?`}>
      <PriceForm key={`${shown.connection} ${shown.tool ?? ""}`} workspace={workspace} wish={shown} onClose={onClose} />
    </Modal>
  );
}

function PriceForm({ workspace, wish, onClose }: PriceDialogProps & { wish: PriceWish }) {
  const { set, clear } = useSetPrice(workspace);
  const [draft, setDraft] = useState(() => draftOf(wish.own));
  const [errors, setErrors] = useState<PriceErrors>({});
  const form = {
    setErrors: (said: Record<string, string>) => {
      setErrors(errorsOf(said));
    },
  };
  const { submit, problem, isPending } = useSubmit(form, async (act: () => Promise<void>) => {
    await act();
    onClose();
  });
  const edit = (changed: Partial<PriceDraft>) => {
    setDraft({ ...draft, ...changed });
    setErrors({});
  };
  return (
    <form
      className={classes.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const checked = bodyOf(draft);
        if ("errors" in checked) setErrors(checked.errors);
        else void submit(() => set(wish, checked.body));
      }}
    >
      {wish.tool === null && (
        <p className={classes.quiet}>
          It holds for all its tools that have no price of their own, and for its resources and prompts.
        </p>
      )}
      <Radio.Group label="What is counted" value={draft.basis} onChange={(basis) => edit({ basis: basis })}>
        <div className={classes.choices}>
          {Object.entries(BASES).map(([basis, { label, words }]) => (
            <Radio key={basis} value={basis} label={label} description={words} />
          ))}
        </div>
      </Radio.Group>
      <Amounts draft={draft} errors={errors} edit={edit} />
      <FormError problem={problem} shownFields={["micro_usd", "hold_micro_usd", "meta_key"]} />
      <div className={classes.buttons}>
        {wish.own && (
          <Button variant="subtle" color="gray" onClick={() => void submit(() => clear(wish))}>
            {wish.tool === null ? "Remove this price" : "Use the connection’s price"}
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={isPending}>
          {draft.basis === "free" ? "Declare free" : "Set price"}
        </Button>
      </div>
    </form>
  );
}

interface AmountsProps {
  draft: PriceDraft;
  errors: PriceErrors;
  edit: (changed: Partial<PriceDraft>) => void;
}

function Amounts({ draft, errors, edit }: AmountsProps) {
  if (draft.basis === "free") return null;
  return (
    <>
      {draft.basis === "meta" && (
        <TextInput
          label="Name in the result’s _meta"
          autoComplete="off"
          spellCheck={false}
          value={draft.metaKey}
          error={errors.metaKey}
          onChange={(event) => edit({ metaKey: event.currentTarget.value })}
        />
      )}
      <TextInput
        label={BASES[draft.basis].unit}
        description={draft.basis === "meta" ? "Enter 1 where the service says dollars." : undefined}
        leftSection="$"
        inputMode="decimal"
        autoComplete="off"
        value={draft.unit}
        error={errors.unit}
        onChange={(event) => edit({ unit: event.currentTarget.value })}
      />
      {isKnownAfter(draft.basis) && (
        <TextInput
          label="Held until the cost is known"
          description="What a call costs at most, usually. Budgets set it aside while the call runs; afterwards the true cost is charged."
          leftSection="$"
          inputMode="decimal"
          autoComplete="off"
          value={draft.hold}
          error={errors.hold}
          onChange={(event) => edit({ hold: event.currentTarget.value })}
        />
      )}
    </>
  );
}
