import { Button, NativeSelect, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useDeferredValue, useState } from "react";

import type { ApiOperationView } from "@/api/generated/schema";
import { type Column, DataTable } from "@/components/ui/DataTable";
import { EmptyState } from "@/components/ui/EmptyState";

import { ClassBadge } from "./ClassBadge";
import classes from "./OperationPicker.module.css";

export interface OperationPickerProps {
  operations: readonly ApiOperationView[];
  /** Keys of those that become tools. */
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
  isDisabled?: boolean;
}

/** Which operations of a REST service become tools. What is chosen stays so while something else is looked for. */
export default function OperationPicker({ operations, chosen, onChange, isDisabled = false }: OperationPickerProps) {
  const [search, setSearch] = useState("");
  const [tag, setTag] = useState("");
  const sought = useDeferredValue(search);
  const shown = operations.filter((one) => (tag === "" || one.tags.includes(tag)) && isFound(one, sought));
  const reads = shown.filter(({ operation_class: kind, refusal }) => kind === "read" && refusal === null);
  const tags = [...new Set(operations.flatMap((one) => one.tags))];
  const keys = new Set(shown.map(({ key }) => key));
  return (
    <div className={classes.picker}>
      <div className={classes.bar}>
        <TextInput
          type="search"
          aria-label="Search operations"
          placeholder={`Search ${String(operations.length)} operations`}
          leftSection={<IconSearch size={16} stroke={1.75} aria-hidden />}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
          }}
        />
        {tags.length > 1 && (
          <NativeSelect
            aria-label="Tag"
            data={[{ value: "", label: "All tags" }, ...tags]}
            value={tag}
            onChange={(event) => {
              setTag(event.currentTarget.value);
            }}
          />
        )}
        <Button
          variant="default"
          disabled={isDisabled || reads.length === 0}
          onClick={() => {
            onChange(new Set([...chosen, ...reads.map(({ key }) => key)]));
          }}
        >
          Select all that read ({reads.length})
        </Button>
        <span role="status" className={classes.count}>
          {chosen.size} selected
        </span>
      </div>
      <div className={classes.table}>
        <DataTable
          name="Operations"
          columns={COLUMNS}
          rows={shown}
          rowKey={({ key }) => key}
          empty={
            <EmptyState icon={IconSearch} title="No operation matches">
              None of this document’s operations fits the search and the tag. Try fewer words, or all tags.
            </EmptyState>
          }
          selection={{
            chosen,
            onChange: (changed) => {
              onChange(new Set([...[...chosen].filter((key) => !keys.has(key)), ...changed]));
            },
            labelOf: ({ key }) => key,
            whyNot: ({ refusal }) => (isDisabled ? "You cannot change this" : (refusal ?? undefined)),
          }}
        />
      </div>
    </div>
  );
}

function isFound({ key, summary, tool, tags }: ApiOperationView, sought: string): boolean {
  const haystack = `${key} ${summary} ${tool} ${tags.join(" ")}`.toLowerCase();
  return sought
    .toLowerCase()
    .split(/\s+/)
    .every((word) => haystack.includes(word));
}

const COLUMNS: readonly Column<ApiOperationView>[] = [
  {
    key: "operation",
    header: "Operation",
    width: "42%",
    cell: ({ method, path }) => (
      <code className={classes.operation} title={`${method} ${path}`}>
        <span className={classes.method}>{method}</span> {path}
      </code>
    ),
  },
  {
    key: "summary",
    header: "What it does",
    isLong: true,
    cell: ({ summary, refusal, is_deprecated: isOld }) => (
      <span title={summary}>
        {refusal === null ? summary : <span className={classes.refusal}>Not possible: {refusal}</span>}
        {isOld && refusal === null && <span className={classes.refusal}> (deprecated)</span>}
      </span>
    ),
  },
  { key: "class", header: "Class", width: "8rem", cell: ({ operation_class: kind }) => <ClassBadge kind={kind} /> },
];
