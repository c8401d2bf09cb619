import { string } from '../../../manifests/resource';
import type { OperatorSelection } from '../../../world/operator-selection';
import { SELECTED_KINDS, selectionsOfObject } from '../../../world/operator-selection';
import type { World } from '../../../world/world';
import type { Finding } from '../../check';
import { check } from '../../check';

const manifests = (release: string) => `
apiVersion: v1
kind: Namespace
metadata: { name: monitoring }
---
apiVersion: monitoring.coreos.com/v1
kind: Prometheus
metadata: { name: main, namespace: monitoring }
spec:
  serviceMonitorSelector: { matchLabels: { release: main } }
  serviceMonitorNamespaceSelector: {}
---
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata: { name: web, namespace: shop, labels: { release: ${release} } }
spec: { selector: { matchLabels: { app: web } }, endpoints: [{ port: metrics }] }
`;

export default check({
  id: 'monitor-selected',
  group: 'monitoring',
  description:
    'a Prometheus object selects the monitors and rules, and an Alertmanager object the AlertmanagerConfigs: by their labels and namespaces',
  severity: 'will-break',
  needs: ['external'],
  source: 'https://prometheus-operator.dev/docs/getting-started/design/',
  fix: 'give it the labels that the selector of the Prometheus object asks for, or let the selector and the namespace selector of that object select it',
  example: {
    broken: manifests('other'),
    fails: ['ServiceMonitor/shop/web metadata.labels'],
    fixed: manifests('main'),
  },
  *judge(world) {
    for (const kind of SELECTED_KINDS) {
      for (const resource of world.of(kind)) {
        if (resource.group !== 'monitoring.coreos.com') continue;
        const found = selectionsOfObject(world, resource);
        if (found.length === 0 || found.some(({ is }) => is === 'yes')) continue;
        const labels = resource.at(['metadata', 'labels']);
        const at = { resource, path: ['metadata', 'labels'], value: labels };
        yield { ...at, ...verdictOn(world, kind, found), ...causeOf(world, found) };
      }
    }
  },
});

/** An Alertmanager that names a configuration which is not there: that is the fault, as it would take this one. */
function causeOf(world: World, found: readonly OperatorSelection[]): Pick<Finding, 'causedBy'> {
  const path = ['spec', 'alertmanagerConfiguration', 'name'];
  const by = found.map((each) => each.by).find((each) => each.at(path) !== undefined);
  const name = by && string(by.at(path));
  if (!by || !name || world.find('AlertmanagerConfig', world.namespaceOf(by), name).is === 'present') return {};
  return { causedBy: { check: 'monitoring-stack-complete', resource: by } };
}

const CONSEQUENCE: Readonly<Record<string, string>> = {
  PrometheusRule: 'its rules are not loaded',
  AlertmanagerConfig: 'its routes and receivers are not used',
};

function verdictOn(
  world: World,
  kind: string,
  found: readonly OperatorSelection[],
): Pick<Finding, 'verdict' | 'message'> {
  const consequence = CONSEQUENCE[kind] ?? 'nothing is scraped';
  const open = found.filter(({ is }) => is === 'unknown');
  if (open.length > 0)
    return {
      verdict: 'unknown',
      message: `whether ${said(world, open)}, and the labels of the namespace are not known: ${consequence} if it does not; judge the Namespace too, or --declare it`,
    };
  const none = `${said(world, found)}, and so does not select it`;
  // Another one may stand elsewhere, as long as nobody said that this is all.
  const isAll =
    (world.unread.length === 0 && found.some(({ misspelt }) => misspelt)) ||
    found.every(({ by }) => world.isComplete(world.namespaceOf(by)));
  return isAll
    ? { message: `${none}: ${consequence}` }
    : {
        verdict: 'unknown',
        message: `${none}; whether another one elsewhere does is not known: --declare it, or ${consequence}`,
      };
}

function said(world: World, found: readonly OperatorSelection[]): string {
  return found.map(({ by, why }) => `${world.idOf(by)} ${why}`).join(', ');
}
