import { all, findings, messages, verdicts, workload } from '../../judging';

const id = 'image-reference-valid';
const template = 'spec.template.spec';

test('a reference that the kubelet cannot parse fails in containers of every role', () => {
  expect(
    findings(id, workload({ containers: "{ name: a, image: 'MyOrg/App:1.0' }, { name: b, image: 'nginx:1.25' }" })),
  ).toEqual([`fail Deployment/shop/web ${template}.containers[0].image = "MyOrg/App:1.0"`]);
  expect(
    verdicts(id, workload({ kind: 'StatefulSet', pod: "initContainers: [{ name: init, image: 'nginx@sha256:abc' }]" })),
  ).toEqual([`fail ${template}.initContainers[0].image`]);
  expect(
    verdicts(id, workload({ pod: "ephemeralContainers: [{ name: debug, image: 'busybox:1.36:debug' }]" })),
  ).toEqual([`fail ${template}.ephemeralContainers[0].image`]);
});

test('it fails in every kind that has a pod template, and in a volume', () => {
  const cronJob = (image: string) =>
    `{ apiVersion: batch/v1, kind: CronJob, metadata: { name: report }, spec: { schedule: '@daily', jobTemplate: { spec: { template: { spec: { containers: [{ name: a, image: '${image}' }] } } } } } }`;
  const pod = (spec: string) => `{ apiVersion: v1, kind: Pod, metadata: { name: web }, spec: { ${spec} } }`;
  expect(verdicts(id, cronJob('ghcr.io/Shop/report:1'))).toEqual([
    'fail spec.jobTemplate.spec.template.spec.containers[0].image',
  ]);
  expect(verdicts(id, pod("containers: [{ name: a, image: 'http://nginx' }]"))).toEqual([
    'fail spec.containers[0].image',
  ]);
  expect(verdicts(id, workload({ kind: 'DaemonSet', container: "image: 'a:1'" }))).toEqual([]);
  const volume = (reference: string) =>
    pod(`volumes: [{ name: model, image: { reference: '${reference}' } }], containers: [{ name: a, image: 'a:1' }]`);
  expect(verdicts(id, volume('models/Llama:1'))).toEqual(['fail spec.volumes[0].image.reference']);
  expect(verdicts(id, volume('models/llama:1'))).toEqual([]);
});

test('the message says what is wrong, and what happens', () => {
  expect(messages(id, workload({ containers: "{ name: a, image: 'nginx:1:2' }" }))).toEqual([
    'the reference of container a has two tags (1, 2): the kubelet cannot parse it, and the container does not start (InvalidImageName)',
  ]);
});

test('a placeholder fails unless a tool that is known replaces it', () => {
  const image = (name: string) => workload({ containers: `{ name: a, image: '${name}' }` });
  const flux = (more: string) =>
    `{ apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: { name: shop, namespace: flux-system }, spec: { path: ./, prune: true, interval: 1h, sourceRef: { kind: GitRepository, name: shop }${more} } }`;
  expect(messages(id, image('shop/web:${TAG}'))[0]).toContain('has the placeholder ${TAG}, which nothing has replaced');
  expect(verdicts(id, image('{{ .Values.image }}'))).toEqual([`fail ${template}.containers[0].image`]);
  expect(verdicts(id, all(flux(', postBuild: { substitute: { TAG: "1" } }'), image('shop/web:${TAG}')))).toEqual([
    `unknown ${template}.containers[0].image`,
  ]);
  expect(verdicts(id, all(flux(''), image('shop/web:${TAG}')))).toEqual([`fail ${template}.containers[0].image`]);
  expect(verdicts(id, image('ko://example.com/cmd/web'))).toEqual([`unknown ${template}.containers[0].image`]);
});

test('the API server itself refuses white space around the image of a Pod, so one check says so', () => {
  const pod =
    "{ apiVersion: v1, kind: Pod, metadata: { name: web }, spec: { containers: [{ name: a, image: 'nginx:1 ' }] } }";
  expect(verdicts(id, pod)).toEqual([]);
  expect(verdicts('schema-valid', pod)).toEqual(['fail spec.containers[0].image']);
  expect(verdicts(id, workload({ containers: "{ name: a, image: 'nginx:1 ' }" }))).toEqual([
    `fail ${template}.containers[0].image`,
  ]);
});
