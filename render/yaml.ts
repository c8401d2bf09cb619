import { DEFAULT_SCALAR_STYLE_RULES, dump, SCALAR_STYLE } from 'js-yaml';
import type { ScalarStyleRule } from 'js-yaml';

/** First what a reader looks for, in Kubernetes' customary order; every other key by the alphabet. */
const FIRST = ['apiVersion', 'kind', 'metadata', 'name', 'namespace', 'image', 'command', 'args', 'env', 'envFrom', 'labels', 'annotations'];
const RANK = new Map(FIRST.map((key, rank) => [key, rank]));

/** `123e4567`, as a commit hash can look: a number that is infinite to readers of YAML 1.2. */
const EXPONENT = /^[-+]?[0-9][0-9_.]*e[-+]?[0-9]+$/i;
const quoteExponents: ScalarStyleRule = (layout) => {
  if (layout.node.tag === 'tag:yaml.org,2002:str' && EXPONENT.test(layout.node.value)) layout.style = SCALAR_STYLE.SINGLE_QUOTED;
};
const scalarStyleRules = [...Object.values(DEFAULT_SCALAR_STYLE_RULES), quoteExponents];

/** One document, the same to readers of YAML 1.1 (kubectl, Argo CD) and 1.2. */
export function toYaml(value: unknown): string {
  return dump(ordered(value), { lineWidth: -1, noRefs: true, seqNoIndent: true, scalarStyleRules });
}

/** Keys in their order, fields without a value left out. */
export function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  entries.sort(([a], [b]) => (RANK.get(a) ?? FIRST.length) - (RANK.get(b) ?? FIRST.length) || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, field]) => [key, ordered(field)]));
}
