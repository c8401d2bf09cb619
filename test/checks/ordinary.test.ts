import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ReportedFinding } from '../../checks/finding';
import { checks } from '../../checks/registry';
import { runChecks } from '../../checks/run';
import type { KubernetesVersion } from '../../model/kubernetes-version';
import { Facts } from '../../world/facts';
import { World } from '../../world/world';
import { resources } from './judging';

const folder = join(__dirname, 'ordinary');

/** What is said of a file of good manifests: advice that one would give its author, and questions that the file leaves open. */
interface Said {
  readonly advice: string;
  readonly unknown: string;
}

const ORDINARY: Readonly<Record<string, Said>> = {
  'admission-policies': { advice: '', unknown: 'kind-known' },
  anchors: { advice: 'pss-restricted readonly-rootfs', unknown: 'namespace-declared pod-fits-own-namespace-psa' },
  'api-named-ports': {
    advice: '',
    unknown: 'hpa-metric-served ingress-class-exists issuer-exists netpol-enforced-by-cni',
  },
  argo: {
    advice: 'liveness-set pdb-unhealthy-policy pss-restricted readonly-rootfs',
    unknown:
      'hpa-metric-served ingress-class-exists kind-known namespace-declared pod-fits-own-namespace-psa workload-isolated',
  },
  autoscaling: {
    advice: 'pdb-unhealthy-policy pss-restricted readonly-rootfs secret-as-env workload-isolated',
    unknown: 'hpa-metric-served kind-known',
  },
  'cassandra-ring': {
    advice:
      'liveness-set namespace-explicit pdb-present pss-baseline pss-restricted readonly-rootfs spread-declared token-automount',
    unknown: 'workload-isolated',
  },
  'cni-agent': { advice: 'readonly-rootfs', unknown: '' },
  'disruption-styles': {
    advice: 'liveness-set pdb-unhealthy-policy pss-restricted readonly-rootfs spread-declared workload-isolated',
    unknown: 'storageclass-exists',
  },
  'fluent-bit': { advice: 'memory-guaranteed readonly-rootfs', unknown: '' },
  flux: { advice: '', unknown: 'kind-known namespace-declared' },
  'gateway-api': {
    advice: 'liveness-set pdb-present pss-restricted readonly-rootfs replica-floor spread-declared workload-isolated',
    unknown: 'gatewayclass-exists issuer-exists kind-known',
  },
  'guestbook-classic': {
    advice:
      'memory-limit-set namespace-explicit pdb-present pss-restricted readiness-set readonly-rootfs replica-floor spread-declared token-automount',
    unknown: 'workload-isolated',
  },
  'helm-output': {
    advice: 'pss-restricted readonly-rootfs replica-floor token-automount',
    unknown: 'workload-isolated',
  },
  'ingress-controller': {
    advice: 'ingress-controller-maintained rbac-dangerous readonly-rootfs workload-isolated',
    unknown: 'kind-known probe-port-declared secret-exists',
  },
  'ingress-many-hosts': {
    advice:
      'ingress-controller-maintained liveness-set pdb-present pss-restricted readonly-rootfs replica-floor spread-declared token-automount',
    unknown: 'ingress-tls-secret namespace-declared pod-fits-own-namespace-psa workload-isolated',
  },
  istio: {
    advice:
      'liveness-set pdb-present pss-restricted readonly-rootfs replica-floor spread-declared token-automount workload-isolated',
    unknown: 'kind-known',
  },
  jobs: { advice: 'pss-restricted readonly-rootfs token-automount', unknown: 'storageclass-exists' },
  'kafka-kraft': {
    advice: 'pss-restricted readonly-rootfs token-automount',
    unknown: 'namespace-declared pod-fits-own-namespace-psa storageclass-exists workload-isolated',
  },
  'kubectl-get': {
    advice: 'liveness-set pdb-present pss-restricted readonly-rootfs spread-declared token-automount',
    unknown: 'namespace-declared pod-fits-own-namespace-psa workload-isolated',
  },
  'kustomize-output': {
    advice:
      'liveness-set pdb-present pss-restricted readonly-rootfs replica-floor secret-as-env secret-literal spread-declared token-automount workload-isolated',
    unknown: '',
  },
  list: {
    advice:
      'liveness-set namespace-explicit pdb-present pss-restricted readonly-rootfs spread-declared token-automount unused-config',
    unknown: 'workload-isolated',
  },
  'made-by-operators': {
    advice: 'pss-restricted readonly-rootfs secret-as-env',
    unknown:
      'hpa-metric-served hpa-target-exists ingress-backend kind-known monitor-resolves netpol-enforced-by-cni netpol-selects route-backend route-parent-exists secret-exists service-selects-workload',
  },
  'metrics-apiservice': { advice: 'ephemeral-storage-bounded replica-floor', unknown: '' },
  'mixed-bag': {
    advice:
      'memory-guaranteed pdb-present pss-restricted readonly-rootfs secret-as-env secret-literal spread-declared workload-isolated',
    unknown: 'dns-egress-allowed ingress-class-exists netpol-enforced-by-cni probe-port-declared',
  },
  'network-policies': {
    advice: 'liveness-set pdb-present pss-restricted readonly-rootfs spread-declared',
    unknown: 'netpol-enforced-by-cni',
  },
  'nginx-plain': {
    advice:
      'liveness-set namespace-explicit pdb-present pss-restricted readonly-rootfs spread-declared token-automount',
    unknown: 'workload-isolated',
  },
  'node-exporter': { advice: 'liveness-set memory-guaranteed', unknown: '' },
  'odds-and-ends': {
    advice: 'hpa-replicas-unset liveness-set pss-restricted readonly-rootfs token-automount',
    unknown: 'hpa-metric-served kind-known netpol-enforced-by-cni',
  },
  operator: { advice: 'cpu-limit-policy replica-floor workload-isolated', unknown: 'hpa-metric-served kind-known' },
  'plain-prometheus-grafana': {
    advice: 'liveness-set pss-restricted readonly-rootfs replica-floor workload-isolated',
    unknown: 'storageclass-exists',
  },
  'postgres-statefulset': {
    advice: 'ephemeral-storage-bounded readonly-rootfs token-automount workload-isolated',
    unknown: 'kind-known secret-store-exists storageclass-exists',
  },
  'private-registry': {
    advice: 'liveness-set pdb-present pss-restricted readonly-rootfs secret-literal spread-declared',
    unknown: 'namespace-declared pod-fits-own-namespace-psa workload-isolated',
  },
  'projected-and-downward': {
    advice: 'ephemeral-storage-bounded pss-restricted readonly-rootfs secret-as-env secret-literal workload-isolated',
    unknown: '',
  },
  'prometheus-adapter': {
    advice:
      'ephemeral-storage-bounded memory-limit-set namespace-explicit pdb-unhealthy-policy pss-restricted rbac-wildcard spread-declared',
    unknown:
      'namespace-declared netpol-enforced-by-cni pod-fits-own-namespace-psa rbac-roleref-exists rbac-subject-exists',
  },
  'prometheus-operator': {
    advice: 'liveness-set pdb-present pss-restricted readonly-rootfs spread-declared workload-isolated',
    unknown: 'kind-known metric-exists',
  },
  'services-of-all-kinds': {
    advice:
      'endpoints-deprecated liveness-set memory-guaranteed pdb-present pss-restricted readonly-rootfs spread-declared workload-isolated',
    unknown: 'probe-port-declared',
  },
  sidecars: {
    advice: 'pdb-unhealthy-policy pss-restricted readiness-set readonly-rootfs token-automount',
    unknown: 'namespace-declared pod-fits-own-namespace-psa workload-isolated',
  },
  'storage-styles': { advice: 'pss-restricted readonly-rootfs workload-isolated', unknown: 'kind-known' },
  'tenant-quota': {
    advice:
      'liveness-set pdb-present pdb-unhealthy-policy pss-restricted readonly-rootfs spread-declared workload-isolated',
    unknown: 'storageclass-exists',
  },
  'virtual-machines': {
    advice: 'pss-restricted readonly-rootfs secret-as-env',
    unknown: 'kind-known namespace-declared pod-fits-own-namespace-psa secret-exists service-selects-workload',
  },
  'windows-gpu-userns': {
    advice:
      'ephemeral-storage-bounded liveness-set pdb-present pss-restricted readonly-rootfs spread-declared workload-isolated',
    unknown: '',
  },
  'wordpress-mysql': {
    advice:
      'liveness-set pss-restricted readonly-rootfs secret-as-env secret-literal token-automount workload-isolated',
    unknown: 'storageclass-exists',
  },
};

function findings(name: string, kubernetes?: KubernetesVersion): readonly ReportedFinding[] {
  return runChecks(
    new World(resources(readFileSync(join(folder, `${name}.yaml`), 'utf8'), `${name}.yaml`), new Facts([], kubernetes)),
    checks,
  );
}

const ids = (found: readonly ReportedFinding[]) => [...new Set(found.map(({ check }) => check))].sort().join(' ');
const breakage = (found: readonly ReportedFinding[]) =>
  found
    .filter(({ severity, verdict }) => severity === 'will-break' && verdict === 'fail')
    .map(({ check, object, path, message }) => `${check} ${object} ${path}: ${message}`);

describe.each(Object.entries(ORDINARY))('%s', (name, said) => {
  const found = findings(name);
  test('nothing is said to break', () => expect(breakage(found)).toEqual([]));
  test('no more advice is given, and no more is asked, than here', () => {
    expect({
      advice: ids(found.filter(({ severity, verdict }) => severity === 'advice' && verdict === 'fail')),
      unknown: ids(found.filter(({ verdict }) => verdict === 'unknown')),
    }).toEqual(said);
  });
});

test.each(['1.31', '1.35'] as const)('nothing is said to break in Kubernetes %s either', (version) => {
  expect(Object.keys(ORDINARY).flatMap((name) => breakage(findings(name, version)))).toEqual([]);
});

test('every file of the folder is judged', () => {
  expect(
    readdirSync(folder)
      .map((file) => file.replace(/\.yaml$/, ''))
      .sort(),
  ).toEqual(Object.keys(ORDINARY).sort());
});
