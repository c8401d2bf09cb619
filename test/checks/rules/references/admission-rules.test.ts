import { all, findings, messages, verdicts } from '../../judging';

const id = 'admission-rule-real';
const rule = (groups: string, resources: string) =>
  `{ apiGroups: [${groups}], apiVersions: ['*'], operations: [CREATE], resources: [${resources}] }`;
const webhook = (rules: string, kind = 'ValidatingWebhookConfiguration') =>
  `{ apiVersion: admissionregistration.k8s.io/v1, kind: ${kind}, metadata: { name: a }, webhooks: [{ name: a.example.com, rules: [${rules}] }] }`;
const judged = (groups: string, resources: string) => verdicts(id, webhook(rule(groups, resources)));
const at = 'webhooks[0].rules[0].resources[0]';

test.each([
  ['apps', 'deployment', 'API group apps has no deployment (is deployments meant?)'],
  ['apps', 'Deployments', 'API group apps has no Deployments (is deployments meant?)'],
  ["''", 'pod', 'the core API group has no pod (is pods meant?)'],
  ["''", 'deployments', 'the core API group has no deployments (deployments are in apps)'],
  ['apps', 'pods/exec', "API group apps has no pods (pods are in '')"],
  ['networking.k8s.io', 'ingress', 'API group networking.k8s.io has no ingress (is ingresses meant?)'],
  ['v1', 'pods', "v1 is a version, and no API group (pods are in '')"],
  ["'', batch", 'statefulsets', 'the core API group or API group batch has no statefulsets (statefulsets are in apps)'],
])('in group %s %s are no resource', (groups, resource, message) => {
  expect(judged(groups, resource)).toEqual([`fail ${at}`]);
  expect(messages(id, webhook(rule(groups, resource)))[0]).toBe(`${message}, so the webhook is never called for it`);
});

test.each([
  ['apps', "deployments, deployments/scale, '*', '*/scale'"],
  ["''", "pods, pods/exec, 'pods/*', namespaces, bindings"],
  ["'*'", 'deployment'],
  ["'', apps, batch", 'pods, deployments, jobs'],
  // Served once, or by somebody else.
  ['policy', 'podsecuritypolicies'],
  ['extensions', 'ingress'],
  ['example.com', 'bucket'],
  ['cert-manager.io', 'certificate'],
])('in group %s %s may be ones', (groups, resources) => expect(judged(groups, resources)).toEqual([]));

test('every webhook and every kind of policy is looked at', () => {
  const wrong = rule('apps', 'deployment');
  const policy = (kind: string, version: string) =>
    `{ apiVersion: admissionregistration.k8s.io/${version}, kind: ${kind}, metadata: { name: a }, spec: { matchConstraints: { resourceRules: [${rule('apps', 'deployments')}, ${wrong}] } } }`;
  expect(
    findings(
      id,
      all(
        webhook(wrong, 'MutatingWebhookConfiguration'),
        policy('ValidatingAdmissionPolicy', 'v1'),
        policy('MutatingAdmissionPolicy', 'v1beta1'),
      ),
    ),
  ).toEqual([
    'fail MutatingAdmissionPolicy/a spec.matchConstraints.resourceRules[1].resources[0] = "deployment"',
    `fail MutatingWebhookConfiguration/a ${at} = "deployment"`,
    'fail ValidatingAdmissionPolicy/a spec.matchConstraints.resourceRules[1].resources[0] = "deployment"',
  ]);
});
