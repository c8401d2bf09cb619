import { DEFAULT_SCALAR_STYLE_RULES, dump, SCALAR_STYLE } from 'js-yaml';
import type { ScalarStyleRule } from 'js-yaml';

/** First what a reader looks for, in Kubernetes' customary order; every other key by the alphabet. */
const FIRST = ['apiVersion', 'kind', 'metadata', 'name', 'namespace', 'image', 'command', 'args', 'env', 'envFrom', 'labels', 'annotations'];
const RANK = new Map(FIRST.map((key, rank) => [key, rank]));

/**
 * What looks like a number or a date to some reader, and what readers disagree about: `123e4567`, as a commit hash can look, is
 * infinite to YAML 1.2; Kustomize makes a timestamp of `2002-1-1`; some take `.` or `E0` for a number.
 */
const LIKE_A_NUMBER = /^[-+.\d:_eE]+$/;
const quoteLikeNumbers: ScalarStyleRule = (layout) => {
  if (layout.node.tag === 'tag:yaml.org,2002:str' && LIKE_A_NUMBER.test(layout.node.value)) layout.style = SCALAR_STYLE.SINGLE_QUOTED;
};
/** Block style leaves it to the reader what a first or last line of blanks is. */
const BLANK_EDGE = /^\s|\n[ \t]+\n*$/;
const quoteBlankEdges: ScalarStyleRule = (layout) => {
  if (layout.style === SCALAR_STYLE.LITERAL_BLOCK && BLANK_EDGE.test(layout.node.value)) layout.style = SCALAR_STYLE.DOUBLE_QUOTED;
};
const scalarStyleRules = [...Object.values(DEFAULT_SCALAR_STYLE_RULES), quoteLikeNumbers, quoteBlankEdges];

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
