import { podDomain, podNameLength } from '../../../upstream/kubernetes/pod-hostnames';
import { findings, messages } from '../judging';

const id = 'fqdn-fits-hostname';
const SUBDOMAIN = 'recommendations'; // its domain: 15 + 5 + 23 characters
const pod = (more = '') =>
  `{ subdomain: ${SUBDOMAIN}, setHostnameAsFQDN: true${more && `, ${more}`}, containers: [{ name: web, image: 'shop/web:1.0.0' }] }`;
const of = (kind: string, name: string, { spec = '', podSpec = pod(), api = 'apps/v1' } = {}) =>
  `{ apiVersion: ${api}, kind: ${kind}, metadata: { name: ${name}, namespace: shop }, spec: { ${spec}selector: { matchLabels: { app: web } }, template: { metadata: { labels: { app: web } }, spec: ${podSpec} } } }`;
const letters = (count: number) => 'a'.repeat(count);
const room = 64 - 1 - podDomain(SUBDOMAIN, 'shop').length;
const single = (name: string, spec = pod()) =>
  `{ apiVersion: v1, kind: Pod, metadata: { name: ${name}, namespace: shop }, spec: ${spec} }`;

test('a pod has 64 characters for its name, subdomain, namespace and domain', () => {
  expect(podDomain(SUBDOMAIN, 'shop')).toBe('recommendations.shop.svc.cluster.local');
  expect(findings(id, single(letters(room)))).toEqual([]);
  expect(findings(id, single(letters(room + 1)))).toEqual([
    `fail Pod/shop/${letters(room + 1)} spec.setHostnameAsFQDN = true`,
  ]);
  expect(messages(id, single(letters(room + 1)))[0]).toContain('has 65 characters or more, more than the 64');
});

test('the hostname that is written counts, not the name', () => {
  expect(findings(id, single(letters(60), pod('hostname: web')))).toEqual([]);
  expect(findings(id, single('web', pod(`hostname: ${letters(room + 1)}`)))).toHaveLength(1);
});

test.each([
  ['without a subdomain', '{ setHostnameAsFQDN: true, containers: [] }'],
  ['on the network of the node', pod('hostNetwork: true')],
  ['that keeps its short name', pod().replace('true', 'false')],
])('a pod %s has no domain name as hostname', (_, spec) => expect(findings(id, single(letters(60), spec))).toEqual([]));

describe('what controllers add to the name counts:', () => {
  const random = '-12345'.length;
  test.each([
    ['ReplicaSet', 'apps/v1'],
    ['DaemonSet', 'apps/v1'],
    ['Job', 'batch/v1'],
  ])('five characters of a %s', (kind, api) => {
    expect(findings(id, of(kind, letters(room - random), { api }))).toEqual([]);
    expect(findings(id, of(kind, letters(room - random + 1), { api }))).toHaveLength(1);
  });
  test('a hash besides of a Deployment, whose digits are not known', () => {
    const verdict = (length: number) => findings(id, of('Deployment', letters(length))).map((said) => said.slice(0, 4));
    expect(verdict(room - random - '-1234567890'.length)).toEqual([]);
    expect(verdict(room - random - '-1234567890'.length + 1)).toEqual(['unkn']);
    expect(verdict(room - random - '-12345678'.length)).toEqual(['unkn']);
    expect(verdict(room - random - '-12345678'.length + 1)).toEqual(['fail']);
  });
  test('the time of a CronJob, in minutes', () => {
    const cron = (name: string) =>
      `{ apiVersion: batch/v1, kind: CronJob, metadata: { name: ${name}, namespace: shop }, spec: { schedule: '0 4 * * *', jobTemplate: { spec: { template: { spec: ${pod()} } } } } }`;
    const added = '-29735000'.length + random;
    expect(findings(id, cron(letters(room - added)))).toEqual([]);
    expect(findings(id, cron(letters(room - added + 1)))).toEqual([
      `fail CronJob/shop/${letters(room - added + 1)} spec.jobTemplate.spec.template.spec.setHostnameAsFQDN = true`,
    ]);
  });
  test('the number of a StatefulSet, whose serviceName is the subdomain', () => {
    const set = (replicas: number, name = letters(room - 2), more = '') =>
      of('StatefulSet', name, {
        spec: `replicas: ${replicas}, serviceName: ${SUBDOMAIN}, ${more}`,
        podSpec: pod('subdomain: x').replace(`subdomain: ${SUBDOMAIN}, `, ''),
      });
    expect(findings(id, set(10))).toEqual([]);
    expect(messages(id, set(11))[0]).toContain('the pods with the highest numbers');
    expect(findings(id, set(1, undefined, 'ordinals: { start: 10 }, '))).toHaveLength(1);
    expect(findings(id, set(1, letters(room - 1)))).toHaveLength(1);
    expect(findings(id, of('StatefulSet', letters(60)))).toEqual([]);
  });
  test('the number of an Indexed Job', () => {
    const job = (completions: number, name = letters(room - 2)) =>
      of('Job', name, { api: 'batch/v1', spec: `completionMode: Indexed, completions: ${completions}, ` });
    expect(findings(id, job(10))).toEqual([]);
    expect(findings(id, job(11))).toHaveLength(1);
  });
  test('names are cut to leave room for them', () => {
    expect(podNameLength('ReplicaSet', letters(57))).toEqual({ min: 63, max: 63 });
    expect(podNameLength('ReplicaSet', letters(200))).toEqual({ min: 63, max: 63 });
    expect(podNameLength('Deployment', letters(40))).toEqual({ min: 55, max: 57 });
    expect(podNameLength('Deployment', letters(200))).toEqual({ min: 63, max: 63 });
  });
});
