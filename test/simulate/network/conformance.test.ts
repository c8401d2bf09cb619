import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Resource } from '../../../manifests/resource';
import { isAdminPolicy, readAdminPolicy } from '../../../simulate/network/admin-policy';
import type { NamedPort, PodEndpoint } from '../../../simulate/network/endpoints';
import { isNetworkPolicy, readPolicy } from '../../../simulate/network/policy';
import { reach } from '../../../simulate/network/reach';

interface PolicyObject {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: { priority?: number; ingress?: { action: string }[]; egress?: { action: string }[] };
}
type Change = { readonly policy: string } & (
  | {
      readonly direction: 'ingress' | 'egress';
      readonly rule: number;
      readonly action?: string;
      readonly becomes?: number;
    }
  | { readonly priority: number }
);
interface Cases {
  readonly module: string;
  readonly namespaces: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly pods: readonly {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly ports: readonly { readonly name?: string; readonly containerPort: number; readonly protocol: string }[];
  }[];
  readonly tests: readonly {
    readonly test: string;
    readonly policies: readonly PolicyObject[];
    readonly steps: readonly {
      readonly step: string;
      readonly changes: readonly Change[];
      readonly tries: readonly {
        readonly from: readonly [string, string];
        readonly to: readonly [string, string];
        readonly protocol: string;
        readonly port: number;
        readonly allowed: boolean;
      }[];
    }[];
  }[];
}

const published = (name: string): Cases =>
  JSON.parse(readFileSync(join(__dirname, 'conformance/data', `${name}.json`), 'utf8'));

/** Applies what a conformance test changes before it tries. */
function change(policies: readonly PolicyObject[], changes: readonly Change[]): readonly PolicyObject[] {
  const before = structuredClone(policies);
  const after = structuredClone(policies);
  for (const one of changes) {
    const [old, now] = [before, after].map((all) => all.find(({ metadata }) => metadata.name === one.policy)!);
    if ('priority' in one) now!.spec.priority = one.priority;
    else if (one.becomes === undefined) now!.spec[one.direction]![one.rule]!.action = one.action!;
    else now!.spec[one.direction]![one.rule] = old!.spec[one.direction]![one.becomes]!;
  }
  return after;
}

function podOf({ namespaces, pods }: Cases, [namespace, name]: readonly [string, string]): PodEndpoint {
  const set = pods.find((pod) => pod.namespace === namespace && name.startsWith(pod.name))!;
  return {
    is: 'pod',
    namespace,
    namespaceLabels: {
      labels: { 'kubernetes.io/metadata.name': namespace, ...namespaces[namespace] },
      complete: true,
    },
    labels: { labels: { ...set.labels, 'statefulset.kubernetes.io/pod-name': name }, complete: true },
    ports: set.ports.map(
      ({ name: portName, containerPort, protocol }): NamedPort => ({ name: portName, number: containerPort, protocol }),
    ),
  };
}

describe.each([
  ['admin-network-policy', 226],
  ['cluster-network-policy', 294],
])('the published conformance cases of %s', (name, atLeast) => {
  const cases = published(name);
  let count = 0;
  test.each(cases.tests.map((one) => [one.test, one] as const))('%s', (_, { policies, steps }) => {
    let current = policies;
    for (const { step, changes, tries } of steps) {
      current = change(current, changes);
      const read = current.map((object) => new Resource(object as never, { file: '-', text: '' }, 0));
      const networkPolicies = read
        .filter(isNetworkPolicy)
        .map((resource) => readPolicy(resource, resource.statedNamespace));
      const adminPolicies = read.filter(isAdminPolicy).map(readAdminPolicy);
      expect(networkPolicies.length + adminPolicies.length).toBe(current.length);
      for (const { from, to, port, protocol, allowed } of tries) {
        count++;
        const { verdict } = reach(
          networkPolicies,
          { from: podOf(cases, from), to: podOf(cases, to), port, protocol },
          { adminPolicies },
        );
        expect({ step, from, to, port, protocol, verdict }).toEqual({
          ...{ step, from, to, port, protocol },
          verdict: allowed ? 'allowed' : 'denied',
        });
      }
    }
  });
  afterAll(() => expect(count).toBeGreaterThanOrEqual(atLeast));
});
