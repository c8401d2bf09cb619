/** A group of rules of a target's Prometheus and its unit tests, in the forms that promtool reads. */
export interface PromtoolTests {
  /** Of the group: no two of a target are the same. */
  readonly name: string;
  /** A rule file. Without annotations: a test would have to repeat every text. */
  readonly rules: { readonly groups: readonly object[] };
  /** A test file, but for its `rule_files`. */
  readonly tests: { readonly evaluation_interval: string; readonly tests: readonly object[] };
}
