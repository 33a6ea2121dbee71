import { FileInput, TextInput } from "@mantine/core";
import { IconFile } from "@tabler/icons-react";
import type { ReactNode } from "react";

/** Where a document comes from: an address, or a file that was read in the browser. */
export interface Source {
  url: string;
  text: string | undefined;
  file: File | null;
}

export const NO_SOURCE: Source = { url: "", text: undefined, file: null };

export function isEmpty({ url, text }: Source): boolean {
  return text === undefined && url.trim() === "";
}

/** What the server takes in one request. */
const FILE_LIMIT = 3.5 * 1024 * 1024;

export interface SourceFieldsProps {
  value: Source;
  onChange: (changed: Source) => void;
  onError: (message: string | undefined) => void;
  label: string;
  placeholder: string;
  accept: string;
  error: ReactNode;
}

export function SourceFields({ value, onChange, onError, label, placeholder, accept, error }: SourceFieldsProps) {
  async function take(file: File | null) {
    onError(undefined);
    if (!file) onChange({ ...value, text: undefined, file: null });
    else if (file.size > FILE_LIMIT) onError("A file may have up to 3.5 MB. Larger ones are read from their address.");
    else onChange({ url: "", text: await file.text(), file });
  }
  return (
    <>
      <TextInput
        label={label}
        placeholder={placeholder}
        type="url"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        value={value.url}
        error={error}
        onChange={(event) => {
          onChange({ url: event.currentTarget.value, text: undefined, file: null });
        }}
      />
      <FileInput
        label="Or a file"
        placeholder="Choose a file"
        value={value.file}
        accept={accept}
        leftSection={<IconFile size={16} stroke={1.75} aria-hidden />}
        clearable
        clearButtonProps={{ "aria-label": "Remove the file" }}
        onChange={(file) => void take(file)}
      />
    </>
  );
}
