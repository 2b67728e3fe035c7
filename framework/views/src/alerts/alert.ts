/**
 * How bad an alert is. `page`: players notice, somebody gets up. `warn`: they will, unless somebody looks within the hour.
 * `ticket`: within days. `info`: worth to know.
 */
export type Severity = 'page' | 'warn' | 'ticket' | 'info';

/** What is said of an alert in one language, in Markdown; commands are those of `pomelo-ts`. */
export interface AlertText {
  /** What is wrong, in one line; `{{ … }}` are places that Prometheus fills. */
  readonly summary: string;
  /** What it means for the game and its players. */
  readonly means: string;
  /** What tells the cause. */
  readonly look: string;
  /** What mends it. */
  readonly act: string;
}

/** Something that somebody must do something about: one line of the table that rules, their pages and tests are made of. */
export interface Alert {
  /** In the language of Prometheus; each series that it gives is one alert. */
  readonly expression: string;
  /** How long it must be so, as Prometheus writes durations: `30s`. */
  readonly for: string;
  readonly severity: Severity;
  readonly text: AlertText;
  /** Alerts that need not be told while this one is, where these labels are the same. */
  readonly inhibits?: { readonly alerts: readonly string[]; readonly equal: readonly string[] };
}
