import type { Path } from '../../../manifests/resource';
import { record, string } from '../../../manifests/resource';
import type { WorkloadManifest } from '../../../manifests/workload';
import { someNames } from '../../../model/errors';
import { freshPod } from '../../../simulate/scheduling/fresh-pod';
import { maySuit } from '../../../simulate/scheduling/own-terms';
import { lackingOn, settledNodes } from '../../../simulate/scheduling/unplaceable';
import { check } from '../../check';

const NODES = ['amd64', 'arm64']
  .map(
    (arch) => `
apiVersion: v1
kind: Node
metadata: { name: node-${arch}, labels: { kubernetes.io/hostname: node-${arch}, kubernetes.io/os: linux, kubernetes.io/arch: ${arch} } }
status: { allocatable: { cpu: '4', memory: 8Gi, pods: '110' }, nodeInfo: { kubeletVersion: v1.35.0 } }
`,
  )
  .join('---');
const manifests = (arch: string) => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: agent, namespace: shop }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      nodeSelector: { kubernetes.io/arch: ${arch} }
      containers: [{ name: agent, image: 'shop/agent-amd64:3.1.0' }]
`;

export default check({
  id: 'arch-matches',
  group: 'scheduling',
  description:
    'nodes that take a pod have the operating system that it states, and the architecture that its images name',
  severity: 'will-break',
  needs: ['nodes'],
  source: 'https://kubernetes.io/docs/reference/node/node-labels/',
  fix: 'let the pod ask for nodes with the label kubernetes.io/arch or kubernetes.io/os, or use an image for all of them',
  example: {
    facts: NODES,
    broken: manifests('arm64'),
    fails: ['Deployment/shop/agent spec.template.spec.containers[0].image'],
    fixed: manifests('amd64'),
  },
  *judge(world) {
    const nodes = settledNodes(world) ?? [];
    for (const workload of world.workloads) {
      const { resource, podSpec } = workload;
      const asked = askedBy(workload);
      if (asked.length === 0 || resource.kind === 'PodTemplate' || podSpec['nodeName'] !== undefined) continue;
      const pod = freshPod(world, workload);
      const open = nodes.filter((node) => maySuit(pod, node) && lackingOn(pod, node).length === 0);
      for (const { label, value, path, consequence } of asked) {
        const wrong = open.filter(({ labels }) => labels[label] !== undefined && labels[label] !== value);
        if (wrong.length === 0) continue;
        const names = someNames(
          wrong.map(({ name }) => name),
          3,
        );
        const at = { resource, path, value: resource.at(path) };
        const what = `${label}=${value}`;
        if (wrong.length === open.length || resource.kind === 'DaemonSet')
          yield {
            ...at,
            message: `it is for ${what}, and runs on ${names}, which ${wrong.length === 1 ? 'is' : 'are'} not: ${consequence}`,
          };
        else
          yield {
            ...at,
            verdict: 'unknown',
            settledBy: 'program',
            message: `it is for ${what}, and nothing keeps it from ${names}: where the scheduler places it there, ${consequence}`,
          };
      }
    }
  },
});

interface Asked {
  readonly label: string;
  readonly value: string;
  readonly path: Path;
  readonly consequence: string;
}

function askedBy({ podSpec, podSpecPath, containers }: WorkloadManifest): Asked[] {
  const os = string(record(podSpec['os'])?.['name']);
  const stated: Asked[] =
    os === undefined
      ? []
      : [
          {
            label: 'kubernetes.io/os',
            value: os,
            path: [...podSpecPath, 'os', 'name'],
            consequence: 'the kubelet refuses it (PodOSNotSupported)',
          },
        ];
  const named = containers.flatMap(({ path, json }): Asked[] => {
    const arch = architectureIn(string(json['image']) ?? '');
    if (arch === undefined) return [];
    const consequence = 'its container cannot start (exec format error)';
    return [{ label: 'kubernetes.io/arch', value: arch, path: [...path, 'image'], consequence }];
  });
  return [...stated, ...named];
}

/** As registries call images of one architecture, and what nodes call it. */
const ARCHITECTURES: Readonly<Record<string, string>> = {
  amd64: 'amd64',
  x86_64: 'amd64',
  arm64: 'arm64',
  arm64v8: 'arm64',
  aarch64: 'arm64',
  arm32v7: 'arm',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};

const NAMES = Object.keys(ARCHITECTURES).join('|');
/** At the end of the repository or of the tag, or as the namespace of the official images: `arm64v8/nginx`. */
const NAMED = new RegExp(`(?:[-_.](${NAMES})(?::[^/]*)?|:(?:[^/]*[-_.])?(${NAMES})|(?:^|/)(${NAMES})/[^/]+)$`);

function architectureIn(image: string): string | undefined {
  const found = NAMED.exec(image.replace(/@.*$/, ''));
  const name = found?.[1] ?? found?.[2] ?? found?.[3];
  return name === undefined ? undefined : ARCHITECTURES[name];
}
