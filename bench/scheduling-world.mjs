// A cluster, and Deployments of ten pods each for it: what placing is measured with.
export const node = (_, i) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name: `n${i}`,
    labels: { 'kubernetes.io/hostname': `n${i}`, 'topology.kubernetes.io/zone': `z${i % 3}` },
  },
  status: { allocatable: { cpu: '8', memory: '32Gi', pods: '110' }, nodeInfo: { kubeletVersion: 'v1.35.0' } },
});
/** Ten pods each: spread over zones, apart from each other, and without any wish, in turn. */
const wishes = (app) => [
  {
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'DoNotSchedule',
        labelSelector: { matchLabels: { app } },
      },
    ],
  },
  {
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app } } },
        ],
      },
    },
  },
  {},
];
export const deployment = (_, i) => {
  const app = `a${i}`;
  const container = { name: 'a', image: 'a:1', resources: { requests: { cpu: '500m', memory: '1Gi' } } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: app, namespace: `s${i % 20}` },
    spec: {
      replicas: 10,
      selector: { matchLabels: { app } },
      template: { metadata: { labels: { app } }, spec: { ...wishes(app)[i % 3], containers: [container] } },
    },
  };
};
