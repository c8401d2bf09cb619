import type { Json } from '../../manifests/resource';
import { random } from './mutate';

/** Rollouts of Argo that its definition admits: some are right, most have been changed where the controller looks. */
export function rolloutCases(count: number, seed: number): Json[] {
  const next = random(seed);
  const any = <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)]!;
  // Most Rollouts are right but for a few places, where one of the other values stands: the first is right.
  let careful = true;
  const pick = <T>(values: readonly T[]): T => (careful && next() < 0.93 ? values[0]! : any(values));
  const chance = (share: number) => next() < share;
  const some = (share: number, fields: () => Json): Json => (chance(share) ? fields() : {});

  const service = (right: string) => pick([right, 'web', 'web', 'next', 'next', '', 'other']);
  const match = (): Json =>
    pick([
      { exact: 'beta' },
      { regex: 'b.*' },
      { prefix: 'b' },
      { exact: 'beta', regex: 'b.*' },
      {},
      { exact: '' },
      { prefix: 'b', regex: '' },
    ]);
  const routers: (() => Json)[] = [
    () => ({
      nginx: {
        ...some(0.8, () => ({ stableIngress: 'web' })),
        ...some(0.2, () => ({ stableIngresses: pick([['web'], []]) })),
      },
    }),
    () => ({
      istio: {
        ...some(0.8, () => ({ virtualService: { name: 'web' } })),
        ...some(0.2, () => ({ virtualServices: pick([[{ name: 'web' }], []]) })),
        ...some(0.3, () => ({
          destinationRule: { name: 'web', stableSubsetName: 'stable', canarySubsetName: 'next' },
        })),
      },
    }),
    () => ({
      alb: {
        ...some(0.85, () => ({ ingress: 'web' })),
        servicePort: 80,
        ...some(0.3, () => ({ rootService: pick(['root', '']) })),
        ...some(0.1, () => ({ ingresses: ['web'] })),
      },
    }),
    () => ({ smi: {} }),
    () => ({ traefik: { weightedTraefikServiceName: 'web' } }),
    () => ({ apisix: { route: { name: 'web' } } }),
    () => ({ ambassador: { mappings: ['web'] } }),
    () => ({ plugins: { 'argoproj-labs/gatewayAPI': { httpRoute: 'web' } } }),
    () => ({}),
  ];
  const routing = (): Json => ({
    ...any(routers)(),
    ...some(0.1, () => ({ maxTrafficWeight: pick([100, 1000]) })),
    ...some(0.8, () => ({ managedRoutes: pick([[{ name: 'header' }, { name: 'mirror' }], [{ name: 'header' }], []]) })),
  });
  const fieldPath = () =>
    any([
      'metadata.name',
      'metadata.uid',
      "metadata.labels['app']",
      "metadata.annotations['example.com/Key']",
      "metadata.annotations['Example.com/key']",
      "metadata.labels['Example.com/key']",
      "metadata.labels['a b']",
      "metadata.labels['']",
      "metadata.labels['a/b/c']",
      'metadata.generation',
      'metadata',
      "metadata.name['a']",
      'spec.replicas',
      'status.nothing',
    ]);
  const args = (): Json =>
    some(0.6, () => ({
      args: [
        { name: 'a', value: 'b' },
        ...(chance(0.7)
          ? [
              {
                name: 'c',
                valueFrom: { fieldRef: { fieldPath: careful && chance(0.5) ? 'metadata.name' : fieldPath() } },
              },
            ]
          : []),
        ...(chance(0.2) ? [{ name: 'd', valueFrom: { podTemplateHashValue: 'Latest' } }] : []),
      ],
    }));
  const steps: (() => Json)[] = [
    () => ({ setWeight: any([0, 1, 20, 50, 100, 101, 130, 1000, -1]) }),
    () => ({ setWeight: 20 }),
    () => ({ pause: {} }),
    () => ({
      pause: {
        duration: any([
          10,
          0,
          -1,
          '30',
          '10m',
          '1h30m',
          '1.5h',
          '.5s',
          '-10m',
          '-0.5s',
          '1d',
          'abc',
          '',
          '10 m',
          '5',
          '2147483648',
          '+5',
        ]),
      },
    }),
    () => ({ analysis: { templates: [{ templateName: 'a' }], ...args() } }),
    () => ({
      experiment: {
        templates: [{ name: 'a', specRef: 'canary', ...some(0.4, () => ({ weight: 5 })) }],
        ...some(0.5, () => ({ analyses: [{ name: 'a', templateName: 'a', ...args() }] })),
      },
    }),
    () => ({ setCanaryScale: { weight: 20 } }),
    () => ({
      setHeaderRoute: {
        name: any(['header', 'header', 'gone']),
        ...some(0.8, () => ({ match: [{ headerName: 'X-Group', ...some(0.9, () => ({ headerValue: match() })) }] })),
      },
    }),
    () => ({
      setMirrorRoute: {
        name: any(['mirror', 'mirror', 'gone']),
        percentage: 20,
        ...some(0.7, () => ({
          match: [
            {
              ...some(0.6, () => ({ method: match() })),
              ...some(0.6, () => ({ path: match() })),
              ...some(0.3, () => ({ headers: { a: match() } })),
            },
          ],
        })),
      },
    }),
    () => ({ plugin: { name: 'a' } }),
    () => ({}),
  ];
  const step = (): Json => (chance(0.08) ? { ...any(steps)(), ...any(steps)() } : any(steps)());
  const antiAffinity = (): Json =>
    some(0.12, () => ({
      antiAffinity: {
        ...some(0.6, () => ({
          preferredDuringSchedulingIgnoredDuringExecution: { weight: pick([1, 50, 100, 0, 101]) },
        })),
        ...some(0.4, () => ({ requiredDuringSchedulingIgnoredDuringExecution: {} })),
      },
    }));
  const canary = (): Json => ({
    ...some(0.8, () => ({ stableService: service('web') })),
    ...some(0.8, () => ({ canaryService: service('next') })),
    ...some(0.15, () => ({
      pingPong: { pingService: pick(['ping', 'ping', '']), pongService: pick(['pong', 'pong', 'ping', '']) },
    })),
    ...some(0.55, () => ({ trafficRouting: routing() })),
    ...some(0.8, () => ({ steps: Array.from({ length: any(careful ? [0, 1, 1] : [0, 1, 2, 3]) }, step) })),
    ...some(0.25, () => ({ maxSurge: pick([1, 0, '0%', '25%', '0', 'x', '10']) })),
    ...some(0.25, () => ({ maxUnavailable: pick([1, 0, '0%', '25%', '0', 'x']) })),
    ...some(0.1, () => ({ scaleDownDelaySeconds: pick([0, 30]) })),
    ...some(0.1, () => ({ dynamicStableScale: pick([true, false]) })),
    ...antiAffinity(),
  });
  const blueGreen = (): Json => ({
    activeService: pick(['web', 'web', 'web', '']),
    ...some(0.7, () => ({ previewService: pick(['next', 'next', 'web', '']) })),
    ...some(0.3, () => ({ scaleDownDelayRevisionLimit: pick([0, 1, 5, 20]) })),
    ...antiAffinity(),
  });
  const container = (): Json => ({
    name: pick(['web', 'web', 'web', 'web', 'web', 'Web_1']),
    ...some(0.95, () => ({ image: 'shop/web:1.0.0' })),
    ...some(0.2, () => ({
      ports: [{ containerPort: pick([8080, 8080, 80800]), ...some(0.5, () => ({ name: pick(['http', 'HTTP']) })) }],
    })),
    ...some(0.1, () => ({ readinessProbe: pick([{ httpGet: { path: '/', port: 80 } }, { periodSeconds: 5 }]) })),
    ...some(0.1, () => ({ volumeMounts: [{ name: pick(['data', 'gone']), mountPath: '/data' }] })),
    ...some(0.1, () => ({ securityContext: { privileged: true } })),
    ...some(0.1, () => ({ resources: { requests: { cpu: pick(['100m', '2']) }, limits: { cpu: '1' } } })),
  });
  const one = (i: number): Json => {
    careful = chance(0.8);
    const strategy = any([
      ...Array.from({ length: 12 }, () => 'canary'),
      ...Array.from({ length: 6 }, () => 'blueGreen'),
      'both',
      'none',
    ]);
    const app = pick(['web', 'other']);
    const byReference = chance(0.12);
    const template = {
      metadata: { labels: { app } },
      spec: {
        containers: chance(0.97) ? [container()] : [],
        volumes: [{ name: 'data', emptyDir: {} }],
        ...some(0.06, () => ({ restartPolicy: pick(['Always', 'Never']) })),
        ...some(0.05, () => ({ terminationGracePeriodSeconds: pick([0, 30, -1]) })),
      },
    };
    return {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Rollout',
      metadata: {
        name: `r-${i}`,
        namespace: 'shop',
        labels: { app: 'web' },
        ...some(0.5, () => ({ annotations: { 'example.com/Key': 'a' } })),
      },
      spec: {
        ...some(0.9, () => ({ replicas: pick([3, 0, 1, -1]) })),
        ...some(0.15, () => ({ minReadySeconds: pick([0, 10, 600, -1]) })),
        ...some(0.15, () => ({ progressDeadlineSeconds: pick([600, 0, 10, -1]) })),
        ...some(0.15, () => ({ revisionHistoryLimit: pick([10, 0, 2, -1]) })),
        ...(byReference ? { workloadRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' } } : {}),
        ...some(byReference ? 0.3 : 0.97, () => ({
          selector: pick([
            ...Array.from({ length: 8 }, () => ({ matchLabels: { app: 'web' } })),
            {},
            { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] },
            { matchExpressions: [{ key: 'app', operator: 'Is', values: ['web'] }] },
            { matchExpressions: [{ key: 'app', operator: 'In' }] },
          ]),
        })),
        ...(byReference && chance(0.7) ? {} : { template }),
        strategy: {
          ...(strategy === 'canary' || strategy === 'both' ? { canary: canary() } : {}),
          ...(strategy === 'blueGreen' || strategy === 'both' ? { blueGreen: blueGreen() } : {}),
        },
      },
    };
  };
  return Array.from({ length: count }, (_, i) => one(i));
}
