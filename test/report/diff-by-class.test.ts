import { diffHtml } from '../../report/diff/html';
import { diffMarkdown } from '../../report/diff/markdown';
import { diffText } from '../../report/diff/text';
import { fleetOfTexts } from '../diff/told';

const config = (name: string, value: string) =>
  `{ apiVersion: v1, kind: Service, metadata: { name: ${name}, namespace: shop, labels: { a: ${value} } }, spec: { ports: [{ port: 80 }] } }`;
const web = (replicas: number) =>
  `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web, namespace: shop }, spec: { replicas: ${replicas}, selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: w }] } } } }`;
const fleet = (count: number) => {
  const names = Array.from({ length: count }, (_, i) => `s${i}`);
  const of = (value: string, replicas: number) =>
    [web(replicas), ...names.map((name) => config(name, value + name))].join('\n---\n');
  return fleetOfTexts(of('b', 3), of('c', 1));
};

test('a long difference begins with what there is of each class, the worst first', () => {
  const text = diffText(fleet(8), { color: false, all: false });
  expect(text.split('\n').slice(0, 4)).toEqual([
    expect.stringMatching(/^9 changes in shop; the worst is disruption/),
    '  disruption: 1 change (Deployment/shop/web)',
    '  metadata: 8 changes',
    '',
  ]);
  expect(text.trimEnd()).toMatch(/\n9 changes in shop; [^\n]*$/);
  expect(diffMarkdown(fleet(8))).toContain('\n- disruption: 1 change');
  expect(diffHtml(fleet(8))).toContain('<li>metadata: 8 changes</li>');
});

test('a short one is seen at once', () => {
  expect(diffText(fleet(3), { color: false, all: false })).toMatch(/^disruption {2}Deployment\/shop\/web/);
  expect(diffMarkdown(fleet(3))).not.toContain('- disruption: 1 change');
});
