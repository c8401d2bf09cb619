import { findings, messages, verdicts, workload } from '../../judging';

const id = 'run-as-non-root-user';
const spec = 'spec.template.spec';
const pod = (context: string, container: string, more = '') =>
  workload({ pod: `securityContext: { ${context} }${more}`, container: `securityContext: { ${container} }` });

test('user 0 fails where runAsNonRoot holds, wherever the two are set', () => {
  expect(findings(id, pod('runAsNonRoot: true', 'runAsUser: 0'))).toEqual([
    `fail Deployment/shop/web ${spec}.containers[0].securityContext.runAsUser = 0`,
  ]);
  expect(verdicts(id, pod('runAsUser: 0', 'runAsNonRoot: true'))).toEqual([`fail ${spec}.securityContext.runAsUser`]);
  expect(verdicts(id, pod('runAsUser: 0, runAsNonRoot: true', ''))).toEqual([`fail ${spec}.securityContext.runAsUser`]);
  expect(verdicts(id, pod('', 'runAsUser: 0, runAsNonRoot: true'))).toEqual([
    `fail ${spec}.containers[0].securityContext.runAsUser`,
  ]);
});

test.each([
  ['the container has a user of its own', pod('runAsUser: 0, runAsNonRoot: true', 'runAsUser: 1000')],
  ['the container may run as root', pod('runAsNonRoot: true', 'runAsUser: 0, runAsNonRoot: false')],
  ['the image decides', pod('runAsNonRoot: true', '')],
  ['root is what is meant', pod('runAsUser: 0', '')],
  ['Windows has no numbers for users', pod('runAsNonRoot: true', 'runAsUser: 0', ', os: { name: windows }')],
])('%s: fine', (_, manifests) => expect(verdicts(id, manifests)).toEqual([]));

test('init containers count, and a field that several containers have is one finding', () => {
  const manifests = workload({
    kind: 'StatefulSet',
    pod: "securityContext: { runAsNonRoot: true, runAsUser: 0 }, initContainers: [{ name: init, image: 'a:1' }]",
  });
  expect(verdicts(id, manifests)).toEqual([`fail ${spec}.securityContext.runAsUser`]);
  expect(messages(id, manifests)[0]).toContain('does not start containers init, main (CreateContainerConfigError)');
});
