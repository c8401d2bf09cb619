import { stepsText } from '../../diff/field-change';
import { objectChanges } from '../../diff/objects';
import { worstOf } from '../../diff/risk/classes';
import { risksOf } from '../../diff/risk/classify';
import type { Risk } from '../../diff/risk/risk';
import { rules } from '../../diff/risk/rules';
import { worldOf } from '../checks/judging';

/** What some rules say of a change. */
export function risksBetween(
  ids: readonly string[],
  before: string,
  after: string,
  facts?: string,
  complete = true,
): Risk[] {
  const among = ids.map((id) => {
    const rule = rules.find((each) => each.id === id);
    if (!rule) throw new Error(`there is no rule ${id}`);
    return rule;
  });
  const surroundings = { complete, ...(facts === undefined ? {} : { facts }) };
  const [was, is] = [worldOf(before, surroundings), worldOf(after, surroundings)];
  return risksOf({ before: was, after: is, changes: objectChanges(was, is) }, among);
}

/** The rules of what is measured, told and recorded. */
export const MONITORING = ['scrape-lost', 'rules-lost'];

/** `data-loss StatefulSet/shop/db spec.replicas`: what one rule finds, or some, each once. */
export function classed(id: string | readonly string[], before: string, after: string, facts?: string): string[] {
  const found = risksBetween([id].flat(), before, after, facts).map(({ class: risk, change, field }) =>
    [risk, change.id, field && stepsText(field.path)].filter(Boolean).join(' '),
  );
  return [...new Set(found)];
}

/** What a rule finds where the manifests are a part of what stands in the cluster, as `classed`. */
export function classedInPart(id: string | readonly string[], before: string, after: string): string[] {
  const found = risksBetween([id].flat(), before, after, undefined, false).map(({ class: risk, change, field }) =>
    [risk, change.id, field && stepsText(field.path)].filter(Boolean).join(' '),
  );
  return [...new Set(found)];
}

/** The worst class that all rules together give a change, of all that there is or of a part of it. */
export function worstClass(before: string, after: string, { part = false } = {}): string {
  const all = rules.map(({ id }) => id);
  return worstOf(risksBetween(all, before, after, undefined, !part).map((risk) => risk.class));
}

/** The messages of one rule, or of some. */
export function messagesOf(id: string | readonly string[], before: string, after: string, facts?: string): string[] {
  return risksBetween([id].flat(), before, after, facts).map(({ message }) => message);
}

/** A workload of namespace shop, in flow style: what else stands in its spec, its pod, its container and beside its template's spec. */
export function workloadOf({
  kind = 'Deployment',
  name = 'web',
  spec = '',
  pod = '',
  container = '',
  more = '',
  meta = '',
}: Readonly<Partial<Record<'kind' | 'name' | 'spec' | 'pod' | 'container' | 'more' | 'meta', string>>> = {}): string {
  const own = `{ name: ${name}, image: 'example.com/${name}:1.4.0'${container && `, ${container}`} }`;
  const template = `{ metadata: { labels: { app: ${name} }${meta && `, ${meta}`} }, spec: { ${pod && `${pod}, `}containers: [${own}${more && `, ${more}`}] } }`;
  const selector = kind === 'Job' || kind === 'CronJob' ? '' : `selector: { matchLabels: { app: ${name} } }, `;
  const inner =
    kind === 'CronJob' ? `jobTemplate: { spec: { template: ${template} } }` : `${selector}template: ${template}`;
  const api = kind === 'Job' || kind === 'CronJob' ? 'batch/v1' : 'apps/v1';
  return `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, spec: { ${spec && `${spec}, `}${inner} } }`;
}

export const allOf = (...manifests: readonly string[]) => manifests.join('\n---\n');
