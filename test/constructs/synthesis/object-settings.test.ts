import { kind } from '../../../clusters/kind';
import { shared } from '../../../clusters/shared';
import { dev } from '../../../environments/dev';
import { prod } from '../../../environments/prod';
import {
  autoscaling,
  disruptionBudgets,
  metricsServer,
  networkPolicies,
  prometheus,
  workloadZoo,
} from '../../../features';
import { because } from '../../../model/layers';
import { platformOf, refusal } from '../../support/render';

const FEATURES = [autoscaling, disruptionBudgets, metricsServer, networkPolicies, prometheus, workloadZoo];
const labelled = (labels: Readonly<Record<string, string>>) =>
  platformOf(dev, kind, FEATURES, { objects: { labels: because(labels, 'a test') } });
const labels = { team: 'web', 'example.com/cost-centre': '4711' };
const objects = labelled(labels);

test('every object and every pod says its environment, whose it is, and what the setting adds', () => {
  const expected = { environment: 'dev', student: 'demo', 'app.kubernetes.io/part-of': 'course', ...labels };
  for (const { metadata } of objects.all) expect(metadata.labels).toMatchObject(expected);
  for (const { template } of objects.pods) expect(template.metadata.labels).toMatchObject(expected);
});

test("the labels are the target's own", () => {
  const { metadata } = platformOf(prod, shared, []).get('Deployment', 'web');
  expect(metadata.labels).toMatchObject({ environment: 'prod', student: 'prod' });
});

test('nothing is selected by them: what is live goes on when they change', () => {
  const selectors = JSON.stringify(objects.all).match(/"(?:matchLabels|selector)":\{[^{}]*\}/g) ?? [];
  expect(selectors.length).toBeGreaterThan(10);
  for (const selector of selectors) expect(selector).not.toMatch(/"(environment|student|team|example\.com[^"]*)"/);
});

test.each<[string, object, string]>([
  ['a key of two parts too many', { 'a/b/c': 'x' }, '"a/b/c" is not a key'],
  ['a key with a blank', { 'my team': 'x' }, '"my team" is not a key'],
  ['a key that is too long', { ['k'.repeat(64)]: 'x' }, 'is not a key'],
  ['an empty key', { '': 'x' }, '"" is not a key'],
  ['a prefix with capitals', { 'Example.com/team': 'x' }, 'is not a key'],
  ['a value with a blank', { team: 'web team' }, '"web team" is not a value'],
  ['a value that is too long', { team: 'v'.repeat(64) }, 'is not a value'],
  ['a value that ends in a dot', { team: 'web.' }, 'is not a value'],
  ['a number', { team: 4711 }, '4711 is not a value'],
  ['a list', ['team'], 'not labels'],
  ["one of the platform's own", { environment: 'prod' }, 'the platform itself sets environment'],
  ['what pods are selected by', { 'app.kubernetes.io/name': 'web' }, 'the platform itself sets app.kubernetes.io/name'],
])('labels with %s are refused', (_, given, problem) => {
  const error = refusal(() => labelled(given as Record<string, string>));
  expect(error.place).toBe('dev@kind, target layer, objects.labels');
  expect(error.found).toContain(problem);
});

test('labels that are just within the rules are taken', () => {
  const most = { ['k'.repeat(63)]: 'v'.repeat(63), 'a.example.com/K_1.x': '', '0': 'A_b.c-9' };
  expect(labelled(most).get('Deployment', 'web').metadata.labels).toMatchObject(most);
});
