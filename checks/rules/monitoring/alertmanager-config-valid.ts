import { pathText } from '../../../manifests/resource';
import { alertmanagerProblems } from '../../../upstream/alertmanager/configuration';
import { alertmanagerConfigProblems } from '../../../upstream/alertmanager/custom-resource';
import { configuredAlertmanagers, operatorObjects } from '../../../world/alertmanager';
import { check } from '../../check';

const manifests = (receiver: string) => `
apiVersion: monitoring.coreos.com/v1
kind: Alertmanager
metadata: { name: main, namespace: monitoring }
---
apiVersion: v1
kind: Secret
metadata: { name: alertmanager-main, namespace: monitoring }
stringData:
  alertmanager.yaml: |
    route: { receiver: ${receiver} }
    receivers:
      - name: team
        webhook_configs: [{ url: 'http://pager:8080/alerts' }]
`;

export default check({
  id: 'alertmanager-config-valid',
  group: 'monitoring',
  description: 'Alertmanager accepts its configuration: fields, receivers, routes, matchers and time intervals',
  severity: 'will-break',
  needs: [],
  source: 'https://prometheus.io/docs/alerting/latest/configuration/',
  fix: 'correct what Alertmanager rejects',
  example: {
    broken: manifests('teams'),
    fails: ['Secret/monitoring/alertmanager-main stringData["alertmanager.yaml"]'],
    fixed: manifests('team'),
  },
  *judge(world) {
    for (const { file, release } of configuredAlertmanagers(world)) {
      const { resource, path, content, problem, ignoresRest } = file;
      if (world.isExternal(resource)) continue;
      const rejected = 'Alertmanager does not start with it, or keeps its previous configuration';
      if (problem !== undefined) {
        yield { resource, path, message: `it is not valid YAML (${problem}): ${rejected}` };
        continue;
      }
      if (ignoresRest)
        yield {
          resource,
          path,
          message: 'it has more than one YAML document: Alertmanager loads the first and ignores the rest; merge them',
        };
      for (const problem of alertmanagerProblems(content, release)) {
        const said = `${pathText(problem.path)}: ${withoutSecrets(problem.reason)}`;
        const at = { resource, path, ...(holdsUrl(problem.value) ? {} : { value: problem.value }) };
        if (problem.open)
          yield { ...at, verdict: 'unknown', message: `${said}; a later version of Alertmanager may support it` };
        else yield { ...at, message: `${said}: ${rejected}` };
      }
    }
    for (const resource of operatorObjects(world, 'AlertmanagerConfig'))
      for (const { path, value, reason } of alertmanagerConfigProblems(resource.object))
        yield {
          resource,
          path,
          value,
          message: `${reason}: the operator rejects the object, and its alerts go nowhere`,
        };
  },
});

/** URLs of webhooks hold tokens: their paths are not shown. */
function withoutSecrets(reason: string): string {
  return reason.replace(/(https?:\/\/)\S+/g, '$1…');
}

function holdsUrl(value: unknown): boolean {
  return typeof value !== 'string' || value.includes('//');
}
