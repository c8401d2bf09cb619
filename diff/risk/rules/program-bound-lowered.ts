import type { Resource } from '../../../manifests/resource';
import { string } from '../../../manifests/resource';
import { configuredContainers } from '../configured-containers';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import type { ProgramBound } from '../program-bounds';
import { programBounds, rabbitBounds } from '../program-bounds';
import type { FoundRisk } from '../risk';
import { riskRule } from '../risk';

const search = (heap: string) => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: search, namespace: shop }
spec:
  serviceName: search
  selector: { matchLabels: { app: search } }
  template:
    metadata: { labels: { app: search } }
    spec:
      containers:
        - name: search
          image: opensearchproject/opensearch:3.3.0
          env: [{ name: OPENSEARCH_JAVA_OPTS, value: ${heap} }]
`;

export default riskRule({
  id: 'program-bound-lowered',
  class: 'disruption',
  description:
    'a program that a setting of its own lets hold less: the heap of a JVM or of Node.js, the alarms of RabbitMQ for memory and disk, the size of memcached',
  reason:
    'At its bound a program refuses requests, lets publishers wait, evicts what it holds, or ends, however much the limit of its container leaves.',
  source: 'https://www.rabbitmq.com/docs/alarms',
  advice: 'compare it with what the program uses when there is most to do',
  example: {
    before: search('-Xms2g -Xmx2g'),
    after: search('-Xms1g -Xmx1g'),
    finds: ['StatefulSet/shop/search spec.template.spec.containers[search].env[OPENSEARCH_JAVA_OPTS].value'],
    harmless: search('-Xms2048m -Xmx2048m'),
  },
  *find(diff) {
    for (const { change, field, before, after } of configuredContainers(diff))
      for (const found of lowered(
        programBounds(diff.before, before.workload, before.container),
        programBounds(diff.after, after.workload, after.container),
      ))
        yield { change, field, ...found };
    for (const change of changesOf(diff, 'RabbitmqCluster')) {
      const { does, before, after } = change;
      if (does === 'changed' && before && after && after.group === 'rabbitmq.com')
        for (const found of lowered(ofCluster(before), ofCluster(after)))
          yield { change, field: fieldAt(change, ['spec', 'rabbitmq', 'additionalConfig']), ...found };
    }
  },
});

/** rabbitmq/cluster-operator internal/resource/configmap.go: 2GB of the disk stay free unless it is told. */
function ofCluster(cluster: Resource): Iterable<ProgramBound> {
  return rabbitBounds(string(cluster.at(['spec', 'rabbitmq', 'additionalConfig'])) ?? '', undefined, 2e9);
}

function* lowered(before: Iterable<ProgramBound>, after: Iterable<ProgramBound>): Iterable<Omit<FoundRisk, 'change'>> {
  const old = new Map([...before].map((bound) => [bound.what, bound]));
  for (const { what, written, amount, told, class: risk, outcome, advice } of after) {
    const was = old.get(what);
    if (!was || written === was.written || (told === 'less' ? amount >= was.amount : amount <= was.amount)) continue;
    yield { class: risk, message: `${written} in place of ${was.written}: ${outcome}`, advice };
  }
}
