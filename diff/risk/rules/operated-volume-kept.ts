import { parseQuantity, wholeQuantity } from '../../../manifests/quantity';
import { string } from '../../../manifests/resource';
import { prometheusSize } from '../../../upstream/prometheus/size';
import { OPERATOR_GROUP } from '../../../world/operated';
import { changesOf } from '../kinds';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';

const prometheus = (size: string, more = '') => `
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: main, namespace: monitoring }
spec:
  ${more}
  storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: ${size} } } } } }
`;
const SIZE = ['spec', 'storage', 'volumeClaimTemplate', 'spec', 'resources', 'requests', 'storage'];

export default riskRule({
  id: 'operated-volume-kept',
  class: 'capacity',
  description: 'another size of the volumes that an operator of Prometheus asks for, whose claims are there already',
  reason:
    'The operator makes the StatefulSet anew with the other size, and its pods find the claims that they had. Nobody resizes those, so the size holds for new pods alone.',
  source: 'https://prometheus-operator.dev/docs/platform/storage/#resizing-volumes',
  advice:
    'patch each claim to the larger size, where its class lets volumes grow: kubectl get pvc -l operator.prometheus.io/name=NAME',
  example: {
    before: prometheus('6Gi'),
    after: prometheus('12Gi'),
    finds: ['Prometheus/monitoring/main spec.storage.volumeClaimTemplate.spec.resources.requests.storage'],
    harmless: prometheus('6144Mi', 'replicas: 1'),
  },
  *find(diff) {
    for (const change of changesOf(diff, 'Prometheus', 'PrometheusAgent', 'Alertmanager', 'ThanosRuler')) {
      const { before, after } = change;
      if (!before || !after || after.group !== OPERATOR_GROUP) continue;
      const [was, is] = [before, after].map((each) => parseQuantity(each.at(SIZE)));
      if (was === undefined || is === undefined || is === was) continue;
      const [old, now] = [before, after].map((each) => String(each.at(SIZE)));
      const field = fieldAt(change, SIZE) ?? fieldAt(change, ['spec', 'storage']);
      const retained = string(after.at(['spec', 'retentionSize']));
      const bytes = retained === undefined ? undefined : prometheusSize(retained);
      if (bytes !== undefined && Number.isFinite(bytes) && bytes > inBytes(was))
        yield {
          change,
          field,
          class: 'disruption',
          message: `the claims that are there keep ${old}, and nothing is deleted before there are ${retained}: the volume fills up, and then nothing is stored`,
        };
      else yield { change, field, message: `the claims that are there keep ${old}; ${now} holds for new ones alone` };
    }
  },
});

/** Of what the parser counts in. */
function inBytes(amount: bigint): number {
  return Number(amount) / Number(wholeQuantity(1));
}
