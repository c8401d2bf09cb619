import { string } from '../../../manifests/resource';
import { firstNames } from '../plural';
import type { ChangedFile } from '../programs/changed-files';
import { changedFiles } from '../programs/changed-files';
import { hasUnknownEffects } from '../programs/unread';
import type { WorldChange } from '../risk';
import { riskRule } from '../risk';

const proxy = (timeout: string, note = '') => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: proxy, namespace: shop }
spec:
  selector: { matchLabels: { app: proxy } }
  template:
    metadata: { labels: { app: proxy } }
    spec:
      containers: [{ name: proxy, image: 'haproxy:3.2', volumeMounts: [{ name: config, mountPath: /usr/local/etc/haproxy }] }]
      volumes: [{ name: config, configMap: { name: proxy } }]
---
apiVersion: v1
kind: ConfigMap
metadata: { name: proxy, namespace: shop }
data:
  haproxy.cfg: |
    ${note}
    defaults
      timeout client ${timeout}
`;

export default riskRule({
  id: 'configuration-unread',
  class: 'unknown',
  description: 'a file of a ConfigMap or Secret that decides what a program does, and that nothing here reads',
  reason:
    'The program may refuse it, let others in, or forget what it did: nothing here can say so. A file that is mounted changes under pods that run; when they read it is up to the program.',
  source: 'https://kubernetes.io/docs/concepts/configuration/configmap/#mounted-configmaps-are-updated-automatically',
  advice: "read what the program does with it, and let the program's own check read it first, where it has one",
  example: {
    before: proxy('30s'),
    after: proxy('1s'),
    finds: ['ConfigMap/shop/proxy data["haproxy.cfg"]'],
    harmless: proxy('30s', '# how long clients may think'),
  },
  *find(diff) {
    for (const file of changedFiles(diff))
      if (hasUnknownEffects(diff, file))
        yield { change: file.change, field: file.field, message: messageOf(diff, file) };
  },
});

function messageOf({ after: world }: WorldChange, { name, readers, before, after }: ChangedFile): string {
  if (readers.length === 0)
    return `no pod among the manifests reads ${name}: who does, and what comes of it, is not known`;
  const is = before === undefined ? ', which is new,' : after === undefined ? ', which is gone,' : '';
  const programs = [
    ...new Set(
      readers.map(
        ({ workload, container }) =>
          `${programOf(string(container.json['image']))} of ${world.idOf(workload.resource)}`,
      ),
    ),
  ];
  return `what ${firstNames(programs)} does with ${name}${is} is not known`;
}

/** `haproxy`, of `docker.io/library/haproxy:3.2`. */
function programOf(image: string | undefined): string {
  const name = (image ?? 'a program').replace(/@.*$/, '');
  return name.slice(name.lastIndexOf('/') + 1).replace(/:.*$/, '');
}
