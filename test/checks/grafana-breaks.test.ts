/** What the course renders for Grafana, broken in one place at a time: each break is found, and at the objects of Grafana. */
import course from '../../main';
import { renderedManifests, verifyManifests } from '../../verify';

const { text, ...given } = renderedManifests(course, 'dev@kind');

/** What is said of the manifests, by check. */
function saidOf(manifests: string): string[] {
  return verifyManifests({ text: manifests, ...given }).findings.map(({ check, message }) => `${check}: ${message}`);
}

const sound = new Set(saidOf(text));
/** The text with a change that is there. */
function changed(from: string | RegExp, to: string): string {
  const result = text.replace(from, to);
  if (result === text) throw new Error(`nothing matches ${from}`);
  return result;
}
/** Without the mount of a path. */
const unmounted = (path: string) =>
  changed(new RegExp(`\\n +- name: \\S+\\n +(readOnly: true\\n +)?mountPath: ${path}\\n( +readOnly: true\\n)?`), '\n');

test.each([
  [
    'a query of a series that nobody has',
    changed(/("expr": .*)http_requests_total/, '$1http_request_totals'),
    'metric-exists',
  ],
  ['a query that cannot be read', changed('"expr": "sum by (', '"expr": "sum by (('), 'dashboard-valid'],
  ['a panel of another data source', changed('"uid":"prometheus"', '"uid":"prom"'), 'grafana-provisioned'],
  ['another uid of the data source', changed('uid: prometheus\n', 'uid: prom\n'), 'grafana-provisioned'],
  ['no JSON', changed('"schemaVersion"', 'schemaVersion'), 'dashboard-valid'],
  ['two dashboards of one uid', changed('"uid": "scraping"', '"uid": "overview"'), 'dashboard-valid'],
  ['a uid that Grafana refuses', changed('"uid": "scraping"', `"uid": "${'x'.repeat(41)}"`), 'dashboard-valid'],
  [
    'a variable that the dashboard has not',
    changed('namespace=~\\"$namespace\\"', 'namespace=~\\"$namespac\\"'),
    'dashboard-valid',
  ],
  ['no title', changed('"title": "Prometheus"', '"title": ""'), 'dashboard-valid'],
  [
    'a provider of another folder',
    changed('path: /etc/grafana/dashboards\n', 'path: /etc/grafana/dashboard\n'),
    'grafana-provisioned',
  ],
  [
    'the provider where nobody looks',
    changed('provisioning/dashboards', 'provisioning/dashboard'),
    'grafana-provisioned',
  ],
  [
    'the data source where nobody looks',
    changed('provisioning/datasources', 'provisioning/datasource'),
    'grafana-provisioned',
  ],
  ['a dashboard that is not mounted', unmounted('/etc/grafana/dashboards/scraping'), 'grafana-provisioned'],
  [
    'the first dashboard under another name',
    changed('overview/overview.json', 'overview/over.json'),
    'config-file-exists',
  ],
  ['its password under another name', changed('secrets/admin-password', 'secrets/password'), 'config-file-exists'],
  ['a port that Prometheus has not', changed(/(url: http:\/\/prometheus\S*):9090/, '$1:9091'), 'datasource-resolves'],
  ['a Service that is not there', changed('http://prometheus.', 'http://prometheu.'), 'config-host-resolves'],
])('%s', (_, manifests, by) => {
  const said = saidOf(manifests).filter((finding) => !sound.has(finding));
  expect(said.map((finding) => finding.replace(/:.*/s, ''))).toContain(by);
});
