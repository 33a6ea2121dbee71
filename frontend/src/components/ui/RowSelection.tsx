import classes from "./DataTable.module.css";

export interface RowSelection<Row> {
  /** Keys of the chosen rows. */
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
  /** Names the row for those who cannot see it. */
  labelOf: (row: Row) => string;
  /** Why this row cannot be chosen. */
  whyNot: (row: Row) => string | undefined;
}

interface CellProps<Row> {
  rowKey: (row: Row) => string;
  selection: RowSelection<Row>;
}

/* The browser's own boxes: every table would weigh more for Mantine's, which few have. */

/** Chooses all rows that can be chosen, or none. */
export function SelectAll<Row>({ rows, rowKey, selection }: CellProps<Row> & { rows: readonly Row[] }) {
  const { chosen, onChange, whyNot } = selection;
  const keys = rows.filter((row) => whyNot(row) === undefined).map(rowKey);
  const count = keys.filter((key) => chosen.has(key)).length;
  const isAll = keys.length > 0 && count === keys.length;
  return (
    <th scope="col" role="columnheader" data-select="">
      <input
        type="checkbox"
        className={classes.select}
        aria-label="Select all"
        checked={isAll}
        ref={(box) => {
          if (box) box.indeterminate = count > 0 && !isAll;
        }}
        disabled={keys.length === 0}
        onChange={() => {
          onChange(new Set(isAll ? [] : keys));
        }}
      />
    </th>
  );
}

export function SelectRow<Row>({ row, rowKey, selection }: CellProps<Row> & { row: Row }) {
  const { chosen, onChange, labelOf, whyNot } = selection;
  const key = rowKey(row);
  const why = whyNot(row);
  return (
    <td role="cell" data-select="">
      <input
        type="checkbox"
        className={classes.select}
        aria-label={`Select ${labelOf(row)}`}
        title={why}
        disabled={why !== undefined}
        checked={chosen.has(key)}
        onChange={(event) => {
          const next = new Set(chosen);
          if (event.currentTarget.checked) next.add(key);
          else next.delete(key);
          onChange(next);
        }}
      />
    </td>
  );
}
