import type { Json } from '../../manifests/resource';
import { strings } from '../../manifests/resource';
import { scalarText } from '../../upstream/prometheus/form';
import { queryOf, selectionsOf, syntaxNodes } from '../../upstream/prometheus/query';
import type { ResultLabels } from '../../upstream/prometheus/result-labels';
import { resultLabels } from '../../upstream/prometheus/result-labels';
import type { StatedAlert } from '../../world/alerting-rules';

/** An alert, as far as its rule says which labels it has. */
export interface KnownAlert {
  readonly name: string;
  /** Its severity, where the rule says one. */
  readonly severity: string | undefined;
  /** Whether it fires whatever happens. */
  readonly firesAlways: boolean;
  /** The value of a label, empty where it has none; undefined where only its series tell. */
  labelOf(label: string): string | undefined;
}

/** What a rule says of the labels of its alerts. External labels, which all alerts of a Prometheus have, are not among them. */
export function knownAlert({ name, rule }: StatedAlert): KnownAlert {
  const stated: Readonly<Record<string, string>> = { ...strings(rule['labels']), alertname: name };
  const ofSeries = seriesLabels(rule);
  const labelOf = (label: string) => {
    if (!Object.hasOwn(stated, label)) return ofSeries(label);
    // A template is filled in from the series.
    return stated[label]!.includes('{{') ? undefined : stated[label]!;
  };
  const severity = labelOf('severity');
  return { name, severity: severity === '' ? undefined : severity, firesAlways: firesAlways(rule), labelOf };
}

function seriesLabels(rule: Json): (label: string) => string | undefined {
  const query = queryOf(scalarText(rule['expr']) ?? '');
  if (query.problems.length > 0) return () => undefined;
  const returned: ResultLabels = resultLabels(query);
  const selections = selectionsOf(query);
  const changesLabels = /\blabel_(replace|join)\b/.test(query.text);
  return (label) => {
    if (returned && !returned.has(label)) return '';
    const [first, ...others] = selections.map(({ equal }) => equal[label]);
    return changesLabels || first === undefined || others.some((value) => value !== first) ? undefined : first;
  };
}

/** `vector(1)` asks no series. */
function firesAlways(rule: Json): boolean {
  const query = queryOf(scalarText(rule['expr']) ?? '');
  return (
    query.problems.length === 0 &&
    /^[\s(]*vector\s*\(/.test(query.text) &&
    selectionsOf(query).length === 0 &&
    syntaxNodes(query.root, 'BinaryExpr').length === 0
  );
}
