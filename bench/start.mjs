// How long one small file takes: nearly all of it is starting up. The package that `npm pack` makes, and the program of a repository.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compare, run } from './measure.mjs';

const SMALL = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - { name: web, image: 'shop/web:1.2.0', ports: [{ name: http, containerPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: http }] }
`;

/** Whether kube-score is installed. */
export const hasKubeScore = spawnSync('kube-score', ['version']).status === 0;

export function measureStart(project, folder, report) {
  const [file, packed] = [join(folder, 'small.yaml'), join(folder, 'package')];
  writeFileSync(file, SMALL);
  execFileSync('node', ['bin/pack.mjs'], { cwd: project.folder });
  for (const path of ['bin', '.strata/packed', 'package.json'])
    cpSync(join(project.folder, path), join(packed, path), { recursive: true });
  const seconds = compare(15, {
    node: () => run(['node', '-e', '0']).seconds,
    packed: () => run(['node', join(packed, 'bin/strata.mjs'), 'verify', file]).seconds,
    repository: () => run(['node', join(project.folder, 'bin/strata.mjs'), 'verify', file]).seconds,
    // It ends with 1 because it misses what the file leaves out.
    kubeScore: () => (hasKubeScore ? run(['kube-score', 'score', file], { accepts: [0, 1] }).seconds : 0),
  });
  const bare = { name: 'node -e 0', seconds: seconds.node };
  report.section('One small file, a Deployment and its Service: all checks');
  report.slower('strata verify, the package of npm pack', seconds.packed, bare, 2.5);
  report.slower('strata verify, the program of a repository', seconds.repository, bare, 2.5);
  if (hasKubeScore)
    report.time(
      'kube-score score',
      seconds.kubeScore,
      `${(seconds.packed / seconds.kubeScore).toFixed(1)} × as long is strata`,
    );
}
