import { createHash } from 'node:crypto';
import type { Json } from '../../manifests/resource';
import { list } from '../../manifests/resource';
import type { GoRegExp } from '../kubernetes/cel/regexp';
import { goRegExp } from '../kubernetes/cel/regexp';
import { scalarText } from './form';

/** Labels by name. A value that only the running cluster knows is undefined; a label that is certainly not there has no entry. */
export type PartlyKnownLabels = ReadonlyMap<string, string | undefined>;

/** What relabelings leave of a target: nothing, or its new labels, which it has for certain or perhaps. */
export type Relabeled = 'dropped' | { readonly labels: PartlyKnownLabels; readonly isCertain: boolean };

/**
 * Applies `relabel_configs` in their order. Source: `model/relabel/relabel.go` of Prometheus. Where a value is not known, what may come of it is
 * not known, too: the label that is written, or whether the target is kept.
 */
export function relabel(labels: PartlyKnownLabels, rules: readonly Json[]): Relabeled {
  const sorted = [...labels].sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  const state: State = { labels: new Map(sorted), written: new Set(), isCertain: true };
  for (const rule of rules) if (apply(readRule(rule), state) === 'dropped') return 'dropped';
  return state;
}

interface State {
  /** Those as they came, by name; then those that were written, in the order of their writing: `labelmap` takes them in this order. */
  readonly labels: Map<string, string | undefined>;
  readonly written: Set<string>;
  isCertain: boolean;
}

interface Rule {
  readonly action: string;
  readonly sources: readonly string[];
  readonly separator: string;
  /** Undefined where Prometheus refuses it, which is said elsewhere. */
  readonly regex: GoRegExp | undefined;
  readonly takesAll: boolean;
  readonly target: string;
  readonly replacement: string;
  readonly modulus: number;
}

function readRule(rule: Json): Rule {
  const text = (field: string, standard: string) => scalarText(rule[field] ?? undefined) ?? standard;
  const regex = text('regex', '(.*)');
  return {
    action: text('action', 'replace').toLowerCase(),
    sources: list(rule['source_labels']).map(String),
    separator: text('separator', ';'),
    regex: goRegExp(`^(?s:${regex})$`),
    takesAll: regex === '(.*)',
    target: text('target_label', ''),
    replacement: text('replacement', '$1'),
    modulus: Number(text('modulus', '0')),
  };
}

function apply(rule: Rule, state: State): 'dropped' | undefined {
  const { labels } = state;
  const values = rule.sources.map((name) => (labels.has(name) ? labels.get(name) : ''));
  // Joined with what is not known, nothing is.
  const value = values.includes(undefined) ? undefined : values.join(rule.separator);
  const keptIf = (is: boolean | undefined) => {
    if (is === undefined) state.isCertain = false;
    return is === false ? 'dropped' : undefined;
  };
  switch (rule.action) {
    case 'keep':
      return keptIf(value === undefined ? undefined : rule.regex?.test(value));
    case 'drop':
      return keptIf(value === undefined ? undefined : rule.regex && !rule.regex.test(value));
    case 'keepequal':
    case 'dropequal': {
      const other = labels.has(rule.target) ? labels.get(rule.target) : '';
      const isKnown = value !== undefined && other !== undefined;
      return keptIf(isKnown ? (value === other) === (rule.action === 'keepequal') : undefined);
    }
    case 'replace':
      return void replace(rule, value, state);
    case 'lowercase':
      return void set(state, rule.target, value?.toLowerCase());
    case 'uppercase':
      return void set(state, rule.target, value?.toUpperCase());
    case 'hashmod':
      return void set(state, rule.target, value === undefined ? undefined : hashOf(value, rule.modulus));
    case 'labelmap':
      for (const [name, each] of [...labels]) {
        const groups = rule.regex?.groups(name);
        if (groups) set(state, expanded(rule.replacement, groups), each);
      }
      return undefined;
    case 'labeldrop':
    case 'labelkeep':
      for (const name of [...labels.keys()])
        if (rule.regex?.test(name) === (rule.action === 'labeldrop')) set(state, name, '');
      return undefined;
    default:
      state.isCertain = false;
      return undefined;
  }
}

function replace({ regex, takesAll, target, replacement }: Rule, value: string | undefined, state: State): void {
  if (value === undefined) {
    // A regex that takes anything writes for certain, and a replacement without groups writes what stands there.
    if (!target.includes('$'))
      return set(state, target, takesAll && !replacement.includes('$') ? replacement : undefined);
    // It may write any label.
    state.isCertain = false;
    for (const name of state.labels.keys()) state.labels.set(name, undefined);
    return;
  }
  const groups = regex?.groups(value);
  if (!groups) return;
  const name = expanded(target, groups);
  if (name !== '') set(state, name, expanded(replacement, groups));
}

/** A label without a value is not there. */
function set({ labels, written }: State, name: string, value: string | undefined): void {
  if (value === '' || !written.has(name)) labels.delete(name);
  if (value === '') written.delete(name);
  else {
    written.add(name);
    labels.set(name, value);
  }
}

/** `$1`, `${1}`, `$name`, `$$`, as Go's `Regexp.Expand` reads them: a name without braces is as long as it can be. */
function expanded(template: string, groups: ReadonlyMap<string, string>): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (all, braced?: string, plain?: string) =>
    all === '$$' ? '$' : (groups.get((braced ?? plain)!) ?? ''),
  );
}

/** The last eight bytes of the MD5. */
function hashOf(value: string, modulus: number): string | undefined {
  if (!(modulus > 0)) return undefined;
  return String(createHash('md5').update(value).digest().readBigUInt64BE(8) % BigInt(modulus));
}
