import type { Container, PodSpec, SecurityContext } from './kubernetes';
import { podSecurityViolations } from './pod-security';

const context: SecurityContext = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
const container: Container = { name: 'main', image: 'main:1', securityContext: context };
const pod: PodSpec = {
  securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [container],
};
const withContext = (more: SecurityContext): PodSpec => ({
  ...pod,
  containers: [{ ...container, securityContext: { ...context, ...more } }],
});

test('a pod that meets the restricted standard has nothing against it', () => {
  expect(podSecurityViolations(pod, 'restricted')).toEqual([]);
});

test.each<[string, PodSpec]>([
  ['hostNetwork', { ...pod, hostNetwork: true }],
  ['volume v: hostPath', { ...pod, volumes: [{ name: 'v', hostPath: { path: '/' } }] }],
  ['main: privileged', withContext({ privileged: true })],
  ['main: capability SYS_ADMIN', withContext({ capabilities: { drop: ['ALL'], add: ['SYS_ADMIN'] } })],
  [
    'main: hostPort',
    { ...pod, containers: [{ ...container, ports: [{ name: 'http', containerPort: 80, hostPort: 80 }] }] },
  ],
  ['main: procMount Unmasked', withContext({ procMount: 'Unmasked' })],
  ['main: seccompProfile Unconfined', withContext({ seccompProfile: { type: 'Unconfined' } })],
  [
    'main: a probe or hook asks another host',
    {
      ...pod,
      containers: [{ ...container, readinessProbe: { httpGet: { path: '/', port: 80, host: 'example.com' } } }],
    },
  ],
])('the baseline standard refuses %s', (violation, bad) => {
  expect(podSecurityViolations(bad, 'baseline')).toEqual([violation]);
});

test.each<[string, PodSpec]>([
  ['main: allowPrivilegeEscalation', withContext({ allowPrivilegeEscalation: true })],
  ['main: runAsNonRoot', withContext({ runAsNonRoot: false })],
  ['main: runAsUser 0', withContext({ runAsUser: 0 })],
  ['main: seccompProfile', { ...pod, securityContext: { runAsNonRoot: true } }],
  ['main: capabilities not dropped', withContext({ capabilities: {} })],
  ['main: capabilities added', withContext({ capabilities: { drop: ['ALL'], add: ['CHOWN'] } })],
  [
    'side: allowPrivilegeEscalation',
    { ...pod, initContainers: [{ ...container, name: 'side', securityContext: { capabilities: { drop: ['ALL'] } } }] },
  ],
])('the restricted standard refuses %s, which baseline admits', (violation, bad) => {
  expect(podSecurityViolations(bad, 'restricted')).toEqual([violation]);
  expect(podSecurityViolations(bad, 'baseline')).toEqual([]);
});
