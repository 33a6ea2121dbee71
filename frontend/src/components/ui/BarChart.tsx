import type { ReactNode } from "react";

import classes from "./BarChart.module.css";

export interface Bar {
  key: string;
  /** What stands here, in words. */
  title: string;
  /** The lowest first; each says its own height and colour. */
  parts: ReactNode;
  /** A mark in the strip below the bars. */
  below?: ReactNode;
}

export interface LegendEntry {
  key: string;
  /** In the colour that is explained. */
  mark: ReactNode;
  words: ReactNode;
}

export interface BarChartProps {
  /** What is shown, for those who do not see it. */
  label: string;
  /** What the whole height stands for, and its foot. */
  axis: readonly [string, string];
  bars: readonly Bar[];
  /** What stands below the first and the last bar. */
  ends: readonly string[];
  legend: readonly LegendEntry[];
  /** The same figures as a table. */
  table: ReactNode;
}

/** Bars from zero along a time, what their colours mean, and the table behind them. */
export function BarChart({ label, axis: [top, foot], bars, ends, legend, table }: BarChartProps) {
  const isMany = bars.length > 100 || undefined;
  return (
    <figure className={classes.figure}>
      <div className={classes.chart} role="img" aria-label={`${label}. The figures stand in the table below.`}>
        <div className={classes.axis}>
          <span>{top}</span>
          <span>{foot}</span>
        </div>
        <div className={classes.bars} data-many={isMany}>
          {bars.map(({ key, title, parts }) => (
            <div key={key} className={classes.bar} title={title}>
              {parts}
            </div>
          ))}
        </div>
        {bars.some(({ below }) => below !== undefined) && (
          <div className={classes.strip} data-many={isMany}>
            {bars.map(({ key, title, below }) => (
              <span key={key} className={classes.below} title={title}>
                {below}
              </span>
            ))}
          </div>
        )}
        <div className={classes.ends}>
          {ends.map((words, index) => (
            <span key={index}>{words}</span>
          ))}
        </div>
      </div>
      <figcaption>
        <ul className={classes.legend}>
          {legend.map(({ key, mark, words }) => (
            <li key={key}>
              <span className={classes.swatch}>{mark}</span> {words}
            </li>
          ))}
        </ul>
      </figcaption>
      <details className={classes.table}>
        <summary>Show as a table</summary>
        {table}
      </details>
    </figure>
  );
}
