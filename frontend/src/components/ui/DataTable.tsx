import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { CSSProperties, ReactNode } from "react";

import classes from "./DataTable.module.css";
import { ErrorState } from "./ErrorState";
import { type RowSelection, SelectAll, SelectRow } from "./RowSelection";
import { TableSkeleton } from "./Skeletons";
import { useSteadyRows } from "./useSteadyRows";

export interface Column<Row> {
  key: string;
  header: string;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the right. */
  align?: "right";
  /** CSS width; one column without it takes the rest. */
  width?: string;
  /** Left out on narrow screens; the detail page has it. */
  isSecondary?: boolean;
  /** On narrow screens it has a line of its own. */
  isLong?: boolean;
}

export interface DataTableProps<Row> {
  /** What the rows are: "Connections". Names the table for those who cannot see it. */
  name: string;
  columns: readonly Column<Row>[];
  /** `undefined` while they are not there yet. */
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  /** The row's own page, or this one with the row opened; the first column becomes its link and the whole row can be pressed. */
  rowHref?: (row: Row) => string | RowLink;
  empty: ReactNode;
  error?: unknown;
  onRetry?: () => void;
  more?: MoreRows;
  /** Boxes in front, for what is done to several rows at once. */
  selection?: RowSelection<Row> | undefined;
}

export interface RowLink {
  to: string;
  search: Record<string, string | undefined>;
  resetScroll: boolean;
}

export interface MoreRows {
  hasMore: boolean;
  isLoading: boolean;
  load: () => void;
}

/**
 * A dense table in all its states: loading, empty, refused, full, with a next page.
 * On narrow screens a row becomes two lines, so the roles are spelled out: browsers drop them from tables that are not laid out as such.
 */
export function DataTable<Row>({ rows, error, empty, onRetry, ...table }: DataTableProps<Row>) {
  if (rows === undefined) {
    return error ? <ErrorState error={error} onRetry={onRetry} /> : <TableSkeleton columns={table.columns.length} />;
  }
  if (rows.length === 0) return empty;
  return (
    <>
      <Rows {...table} rows={rows} />
      {Boolean(error) && <ErrorState error={error} onRetry={onRetry} />}
    </>
  );
}

type RowsProps<Row> = Omit<DataTableProps<Row>, "rows" | "empty" | "error" | "onRetry"> & { rows: readonly Row[] };

function Rows<Row>({ name, columns, rows: latest, rowKey, rowHref, more, selection }: RowsProps<Row>) {
  const { rows, waiting, showNow, hold } = useSteadyRows(latest, rowKey);
  return (
    <div className={classes.place}>
      {waiting > 0 && (
        <button type="button" className={classes.waiting} onClick={showNow}>
          Show {waiting} new
        </button>
      )}
      <table className={classes.table} role="table">
        <caption data-visually-hidden="">{name}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {selection && <SelectAll rows={rows} rowKey={rowKey} selection={selection} />}
            {columns.map((column) => (
              <th key={column.key} scope="col" role="columnheader" {...cellProps(column)}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup" {...hold}>
          {rows.map((row) => (
            <tr key={rowKey(row)} role="row" className={classes.row} data-link={rowHref !== undefined || undefined}>
              {selection && <SelectRow row={row} rowKey={rowKey} selection={selection} />}
              {columns.map((column, index) => (
                <td key={column.key} role="cell" {...cellProps(column)}>
                  {index === 0 && rowHref ? (
                    <Link {...linkOf(rowHref(row))} className={classes.link}>
                      {column.cell(row)}
                    </Link>
                  ) : (
                    column.cell(row)
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more?.hasMore && (
        <div className={classes.more}>
          <Button variant="default" size="xs" loading={more.isLoading} onClick={more.load}>
            Load more
          </Button>
        </div>
      )}
    </div>
  );
}

function linkOf(target: string | RowLink) {
  return typeof target === "string" ? { to: target } : target;
}

function cellProps<Row>(column: Column<Row>) {
  return {
    style: column.width === undefined ? undefined : ({ "--column-width": column.width } as CSSProperties),
    "data-align": column.align,
    "data-secondary": column.isSecondary === true || undefined,
    "data-long": column.isLong === true || undefined,
  };
}
