import type { KubernetesObject } from '../model/kubernetes';
import type { Target } from '../model/target';
import { publish } from '../publish/publish';
import { planTree } from '../render/plan-tree';
import { render } from '../render/render';

/** So many targets, with so many files each. */
const [TARGETS, FILES] = [100, 100];

/** A Deployment per file, as large as they usually are. */
function anObject(name: string, namespace: string, text: string): KubernetesObject {
  const labels = { 'app.kubernetes.io/name': name, 'app.kubernetes.io/part-of': 'bench' };
  const probe = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10, failureThreshold: 3 };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
          containers: [
            {
              name,
              image: `registry.example.com/${name}:1.0.0`,
              env: [{ name: 'TEXT', value: text }],
              ports: [{ name: 'http', containerPort: 8080 }],
              resources: { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '64Mi' } },
              readinessProbe: probe,
              livenessProbe: probe,
            },
          ],
        },
      },
    },
  };
}

/** In the place of main.ts: plans the tree in memory, writes it into a folder, or publishes it. In the first file of each target stands the text. */
export default function published([what, place, text = 'one']: readonly [
  what: 'plan' | 'folder' | 'publish' | 'push',
  place: string,
  text?: string,
]): void {
  const targets = Array.from({ length: TARGETS }, (_, i) => {
    const [environment, cluster] = [`e${i % 10}`, `c${Math.floor(i / 10)}`];
    return {
      name: `${environment}@${cluster}`,
      path: `${cluster}/${environment}`,
      environment: { name: environment, ephemeral: false },
      cluster: { name: cluster },
    } as unknown as Target;
  });
  const request = {
    targets,
    compose: ({ environment }: Target) =>
      Array.from({ length: FILES }, (_, i) => ({
        name: `app-${i}`,
        wave: 1,
        objects: [anObject(`app-${i}`, environment.name, i === 0 ? text : 'one')],
      })),
    deliver: () => [],
  };
  if (what === 'plan') planTree(request);
  else if (what === 'folder') render({ ...request, out: place, previous: place });
  else
    publish({
      ...request,
      repo: place,
      folder: 'tree',
      layout: { kind: 'folders' },
      push: what === 'push',
      message: (_before, _after, changed) => ['change files', '', ...changed].join('\n'),
      env: process.env,
    });
}
