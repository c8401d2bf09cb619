/** What Grafana asks Prometheus for when somebody opens a dashboard. */

export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly {
    readonly type: string;
    readonly title: string;
    readonly datasource?: { readonly uid: string };
    readonly targets?: readonly {
      readonly refId: string;
      readonly expr: string;
      readonly instant?: boolean;
      readonly datasource: { readonly uid: string };
    }[];
  }[];
  readonly annotations: { readonly list: readonly { readonly name: string; readonly expr: string }[] };
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly query: string; readonly allValue: string }[];
  };
}

/** A text with the values of variables in it, as Grafana puts them there: what it knows itself, and what somebody has chosen. */
export function filled(text: string, values: ReadonlyMap<string, string>, scrapeSeconds: number): string {
  return text
    .replaceAll('$__rate_interval', `${4 * scrapeSeconds}s`)
    .replace(/\$(\w+)/g, (whole, name: string) => values.get(name) ?? whole);
}

/** The question that a variable stands for: the values of a label of these series. */
export function labelValuesPath(query: string): string {
  const [, series, label] = /^label_values\((.+), (\w+)\)$/.exec(query) ?? [];
  if (!series) throw new Error(`${query} asks for no values of a label`);
  return `label/${label}/values?match[]=${encodeURIComponent(series)}`;
}
