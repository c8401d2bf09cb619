import { load } from 'js-yaml';
import { FlowPolicy } from '../../../constructs/core/network-policies';
import type { AlertReceiver } from '../../../constructs/monitoring/alert-receivers';
import type { AlertmanagerProps } from '../../../constructs/monitoring/alertmanager';
import { Alertmanager } from '../../../constructs/monitoring/alertmanager';
import { OperatedAlertmanager } from '../../../constructs/monitoring/operated-alertmanager';
import { watchesIn } from '../../../constructs/monitoring/watch';
import type { WorkingHours } from '../../../constructs/monitoring/working-hours';
import { images } from '../../../model/images';
import { toYaml } from '../../../render/yaml';
import { alertmanagerProblems } from '../../../upstream/alertmanager/configuration';
import { alertmanagerConfigProblems } from '../../../upstream/alertmanager/custom-resource';
import type { Objects } from '../../support/kubernetes';
import { podSecurityViolations } from '../../support/pod-security';
import { namespaceIn, podOf, refusal, rendered, STORAGE } from '../../support/render';

type Props = Partial<Omit<AlertmanagerProps, 'namespace' | 'toYaml'>>;
const STORE = { from: 'store', store: 'vault', revision: '1' } as const;
const HOOK: AlertReceiver = { kind: 'webhook', url: 'http://hook.shop.svc:8080/alerts' };

const alertmanager = (props: Props = {}, alerts: string[] = []) =>
  rendered((chart) => {
    const namespace = namespaceIn(chart);
    const { workload } = new Alertmanager(chart, 'alertmanager', {
      namespace,
      storage: STORAGE,
      credentials: STORE,
      toYaml,
      ...props,
    });
    alerts.push(...watchesIn(chart).flatMap((watch) => watch.alerts.map(({ name }) => name)));
    new FlowPolicy(workload, 'policy', { workload });
  });
const operated = (props: Props = {}) =>
  rendered((chart) => {
    const { workload } = new OperatedAlertmanager(chart, 'alertmanager', {
      namespace: namespaceIn(chart),
      storage: STORAGE,
      credentials: STORE,
      ...props,
    });
    new FlowPolicy(workload, 'policy', { workload });
  });

interface Configuration {
  readonly route: { readonly receiver: string; readonly routes: readonly Readonly<Record<string, unknown>>[] };
  readonly receivers: readonly Readonly<Record<string, unknown>>[];
  readonly inhibit_rules: readonly object[];
  readonly time_intervals?: readonly object[];
}
const configurationOf = (objects: Objects) => load(objects.get('ConfigMap').data['alertmanager.yml']!) as Configuration;
/** An object of a custom kind. */
const objectOf = (objects: Objects, kind: string) =>
  objects.all.find((object) => (object as { kind: string }).kind === kind) as unknown as {
    readonly spec: Readonly<Record<string, unknown>>;
  };
/** What the file says, written as an object of the operator, in the words of the file. */
const asFile = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(asFile);
  if (value === null || typeof value !== 'object') return value;
  const { name, matchType, value: wanted } = value as Readonly<Record<string, unknown>>;
  if (matchType !== undefined) return `${name}${matchType}${JSON.stringify(wanted)}`;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      RENAMED[key] ?? key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      asFile(each),
    ]),
  );
};
const RENAMED: Readonly<Record<string, string>> = {
  sourceMatch: 'source_matchers',
  targetMatch: 'target_matchers',
  muteTimeIntervals: 'time_intervals',
};
const argsOf = (objects: Objects) => podOf(objects).spec.containers[0]!.args!;

/** Every kind, each in a place of its own. */
const KINDS: Props = {
  page: { kind: 'pagerduty' },
  ticket: { kind: 'slack', channel: '#tickets' },
  deadMansSwitch: { kind: 'webhook' },
};
const MAIL: AlertReceiver = {
  kind: 'email',
  to: 'team@example.com',
  from: 'alerts@example.com',
  smarthost: 'smtp.example.com:587',
  user: 'alerts',
};

describe('three Alertmanagers that gossip', () => {
  const alerts: string[] = [];
  const objects = alertmanager({}, alerts);
  const pod = podOf(objects).spec;

  test('are restricted pods that check their configuration before they start', () => {
    expect(objects.get('StatefulSet').spec.replicas).toBe(3);
    expect(podSecurityViolations(pod, 'restricted')).toEqual([]);
    expect(pod.initContainers?.[0]).toMatchObject({
      image: images.alertmanager,
      command: ['/bin/amtool'],
      args: ['check-config', '/etc/alertmanager/alertmanager.yml'],
    });
    expect(argsOf(objects)).toContain('--config.file=/etc/alertmanager/alertmanager.yml');
    const { startupProbe, readinessProbe, livenessProbe } = pod.containers[0]!;
    expect([startupProbe, readinessProbe, livenessProbe].map((probe) => probe?.httpGet?.path)).toEqual([
      '/-/ready',
      '/-/ready',
      '/-/healthy',
    ]);
  });

  test('know each other by the names that the governing Service gives', () => {
    const peers = argsOf(objects).flatMap((arg) => /^--cluster\.peer=(.*)$/.exec(arg)?.[1] ?? []);
    expect(peers).toEqual([0, 1, 2].map((i) => `alertmanager-${i}.alertmanager.shop.svc.cluster.local:9094`));
    const { serviceName } = objects.get('StatefulSet').spec;
    expect(serviceName).toBe('alertmanager');
    expect(objects.get('Service', serviceName).spec).toMatchObject({ clusterIP: 'None' });
    expect(argsOf(objects)).toEqual(
      expect.arrayContaining(['--cluster.listen-address=:9094', '--cluster.label=shop/alertmanager']),
    );
  });

  test('may reach each other by TCP and by UDP, and the receivers', () => {
    const { ingress, egress } = objects.get('NetworkPolicy').spec;
    const gossip = [
      { protocol: 'TCP', port: 9094 },
      { protocol: 'UDP', port: 9094 },
    ];
    expect(ingress?.map(({ ports }) => ports)).toEqual([gossip]);
    expect(egress?.map(({ ports }) => ports)).toEqual([gossip, [{ protocol: 'TCP', port: 443 }]]);
  });

  test('keep silences on volumes that go with them', () => {
    const { volumeClaimTemplates, persistentVolumeClaimRetentionPolicy } = objects.get('StatefulSet').spec;
    expect(volumeClaimTemplates?.[0]?.spec).toMatchObject({ resources: { requests: { storage: '1Gi' } } });
    expect(persistentVolumeClaimRetentionPolicy?.whenDeleted).toBe('Delete');
    expect(argsOf(objects)).toContain('--storage.path=/alertmanager');
  });

  test('are watched', () => {
    expect(alerts).toEqual([
      'AlertmanagerCannotSend',
      'AlertmanagerConfigRefused',
      'AlertmanagerConfigsDiffer',
      'AlertmanagerClusterIncomplete',
    ]);
  });
});

describe('one alone', () => {
  const alerts: string[] = [];
  const objects = alertmanager({ replicas: 1, volume: 'none', page: HOOK, ticket: HOOK, deadMansSwitch: HOOK }, alerts);

  test('gossips with nobody, and nothing may reach it by the port of gossip', () => {
    expect(argsOf(objects).filter((arg) => arg.startsWith('--cluster'))).toEqual(['--cluster.listen-address=']);
    expect(JSON.stringify(objects.get('NetworkPolicy'))).not.toContain('9094');
    expect(alerts).toEqual(['AlertmanagerCannotSend', 'AlertmanagerConfigRefused']);
  });

  test('has no volume where none is wanted, and no Secret where nothing is secret', () => {
    expect(objects.get('StatefulSet').spec.volumeClaimTemplates).toBeUndefined();
    expect(podOf(objects).spec.volumes?.map(({ name }) => name)).toEqual(['alertmanager-config', 'data']);
    expect(objects.of('ExternalSecret')).toEqual([]);
  });

  test('reaches a receiver in the cluster by what listens there', () => {
    expect(objects.get('NetworkPolicy').spec.egress).toEqual([
      { to: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 8080 }] },
    ]);
  });
});

describe('who is told of what', () => {
  test.each<[string, Props]>([
    ['every kind', KINDS],
    ['mail', { ...KINDS, ticket: MAIL }],
    ['nobody', { page: { kind: 'nobody' }, ticket: { kind: 'nobody' }, deadMansSwitch: { kind: 'nobody' } }],
    ['at any time', { ...KINDS, ticketHours: 'always' }],
    ['everything that fires, one by one', { ...KINDS, groupBy: ['...'] }],
  ])('%s: Alertmanager takes the file, and the operator the object', (_, props) => {
    expect([...alertmanagerProblems(configurationOf(alertmanager(props)))]).toEqual([]);
    expect([...alertmanagerConfigProblems(objectOf(operated(props), 'AlertmanagerConfig') as never)]).toEqual([]);
  });

  test('is decided by severity: info is told to nobody, and what has none is a ticket', () => {
    const { route } = configurationOf(alertmanager(KINDS));
    expect(route.receiver).toBe('ticket');
    expect(route.routes.map(({ matchers, receiver }) => [matchers, receiver])).toEqual([
      [['watchdog="true"'], 'dead-mans-switch'],
      [['severity="page"'], 'page'],
      [['severity="ticket"'], 'ticket'],
      [['severity="info"'], 'nobody'],
    ]);
  });

  test('is nobody where that is said, by a receiver of that name', () => {
    const { route, receivers } = configurationOf(alertmanager({ ...KINDS, page: { kind: 'nobody' } }));
    expect(route.routes.map(({ receiver }) => receiver)).toEqual(['dead-mans-switch', 'nobody', 'ticket', 'nobody']);
    expect(receivers[0]).toEqual({ name: 'nobody' });
    expect(receivers.map(({ name }) => name)).toEqual(['nobody', 'ticket', 'dead-mans-switch']);
  });

  test('tickets wait for working hours, pages and the Watchdog do not', () => {
    const { route, time_intervals } = configurationOf(alertmanager(KINDS));
    expect(route.routes.map((each) => each['active_time_intervals'])).toEqual([
      undefined,
      undefined,
      ['ticket-hours'],
      undefined,
    ]);
    expect(time_intervals).toEqual([
      {
        name: 'ticket-hours',
        time_intervals: [
          {
            weekdays: ['monday:friday'],
            times: [{ start_time: '09:00', end_time: '17:00' }],
            location: 'Etc/UTC',
          },
        ],
      },
    ]);
    expect(configurationOf(alertmanager({ ...KINDS, ticketHours: 'always' })).time_intervals).toBeUndefined();
  });

  test('is told again at the intervals of the settings', () => {
    const props: Props = {
      ...KINDS,
      pageWait: '1s',
      pageInterval: '2m',
      pageRepeat: '3h',
      ticketWait: '4m',
      ticketInterval: '5m',
      ticketRepeat: '6h',
      deadMansSwitchRepeat: '7m',
      groupBy: ['alertname'],
    };
    const { route } = configurationOf(alertmanager(props));
    expect(route).toMatchObject({
      group_by: ['alertname'],
      group_wait: '4m',
      group_interval: '5m',
      repeat_interval: '6h',
    });
    expect(route.routes[0]).toMatchObject({ group_wait: '0s', group_interval: '1m', repeat_interval: '7m' });
    expect(route.routes[1]).toMatchObject({ group_wait: '1s', group_interval: '2m', repeat_interval: '3h' });
  });

  test('a page, and nothing else, keeps back others of the same job, and never the Watchdog', () => {
    expect(configurationOf(alertmanager(KINDS)).inhibit_rules).toEqual([
      {
        source_matchers: ['severity="page"', 'job!=""'],
        target_matchers: ['severity=~"ticket|info"', 'watchdog!="true"'],
        equal: ['namespace', 'job'],
      },
      {
        source_matchers: ['severity="page"', 'alertname="ServiceDown"', 'job!=""'],
        target_matchers: ['alertname=~"ErrorBudget.*"'],
        equal: ['namespace', 'job'],
      },
    ]);
  });

  test('what is secret stands in a file that a Secret brings', () => {
    const objects = alertmanager({ ...KINDS, ticket: MAIL });
    const folder = '/etc/alertmanager-secrets';
    expect(configurationOf(objects).receivers.slice(1)).toEqual([
      { name: 'page', pagerduty_configs: [{ routing_key_file: `${folder}/page-routing-key`, send_resolved: true }] },
      {
        name: 'ticket',
        email_configs: [
          {
            to: 'team@example.com',
            from: 'alerts@example.com',
            smarthost: 'smtp.example.com:587',
            auth_username: 'alerts',
            auth_password_file: `${folder}/ticket-password`,
            send_resolved: true,
          },
        ],
      },
      {
        name: 'dead-mans-switch',
        webhook_configs: [{ url_file: `${folder}/dead-mans-switch-url`, send_resolved: true }],
      },
    ]);
    const { template } = objects.get('ExternalSecret').spec.target;
    const keys = ['dead-mans-switch-url', 'page-routing-key', 'ticket-password'];
    expect(Object.keys(template.data).sort()).toEqual(keys);
    const { volumes, containers } = podOf(objects).spec;
    const volume = volumes?.find(({ secret }) => secret);
    expect(volume?.secret?.items?.map(({ key }) => key).sort()).toEqual(keys);
    expect(containers[0]?.volumeMounts).toContainEqual({
      name: volume!.name,
      mountPath: folder,
      readOnly: true,
    });
    expect(
      objects
        .get('NetworkPolicy')
        .spec.egress?.at(-1)
        ?.ports?.map(({ port }) => port),
    ).toEqual([443, 587]);
  });
});

describe('run by the operator', () => {
  const objects = operated(KINDS);
  const { spec: configuration } = objectOf(objects, 'AlertmanagerConfig');
  const { spec } = objectOf(objects, 'Alertmanager');

  test('has one configuration for the alerts of every namespace', () => {
    expect(spec).toMatchObject({ replicas: 3, alertmanagerConfiguration: { name: 'alertmanager' } });
    expect(spec).not.toHaveProperty('alertmanagerConfigSelector');
  });

  test('tells the same people of the same', () => {
    const { receivers: _, ...told } = configuration;
    const { receivers: __, ...file } = configurationOf(alertmanager(KINDS));
    // The object has no time zones, and its hours are those of UTC.
    const inUtc = JSON.parse(JSON.stringify(file, (key, value) => (key === 'location' ? undefined : value)));
    expect(asFile(told)).toEqual(inUtc);
  });

  test.each<[string, Props]>([
    ['three', KINDS],
    ['three of which one receiver is in the cluster', { ...KINDS, page: HOOK }],
    ['one', { replicas: 1, ticket: MAIL }],
  ])('%s may connect as those of our own may', (_, props) => {
    // The operator adds a label of its own, by which its pods are selected.
    const policyOf = (from: Objects) =>
      JSON.parse(JSON.stringify(from.get('NetworkPolicy').spec), (key, value) =>
        key === 'alertmanager' ? undefined : value,
      );
    expect(policyOf(operated(props))).toEqual(policyOf(alertmanager(props)));
  });

  test('reads what is secret from the Secret', () => {
    const secret = objects.get('ExternalSecret').spec.target.name;
    expect(configuration['receivers']).toEqual([
      { name: 'nobody' },
      {
        name: 'page',
        pagerdutyConfigs: [{ routingKey: { name: secret, key: 'page-routing-key' }, sendResolved: true }],
      },
      {
        name: 'ticket',
        slackConfigs: [{ apiURL: { name: secret, key: 'ticket-api-url' }, channel: '#tickets', sendResolved: true }],
      },
      {
        name: 'dead-mans-switch',
        webhookConfigs: [{ urlSecret: { name: secret, key: 'dead-mans-switch-url' }, sendResolved: true }],
      },
    ]);
    const csi = { from: 'csi', provider: 'vault', revision: '1' } as const;
    expect(refusal(() => operated({ ...KINDS, credentials: csi })).found).toContain('the CSI driver makes none');
  });

  test('has no time zones', () => {
    const ticketHours: WorkingHours = {
      weekdays: ['monday'],
      times: [{ from: '08:00', to: '12:00' }],
      location: 'Europe/Zurich',
    };
    const { place, found } = refusal(() => operated({ ...KINDS, ticketHours }));
    expect(place).toBe('alerting.ticketHours');
    expect(found).toContain('Europe/Zurich');
    expect(() => alertmanager({ ...KINDS, ticketHours })).not.toThrow();
  });
});

describe('what cannot work is refused, with its place', () => {
  test.each<[string, unknown, string]>([
    ['page', { kind: 'pager' }, 'its kind is "pager", and there are nobody, webhook, pagerduty, slack, email'],
    ['page', 'slack', 'not a receiver: write one such as'],
    ['page', { kind: 'slack' }, "it has no channel; write a channel such as '#alerts'"],
    ['page', { kind: 'slack', channel: '' }, 'wrong in its channel'],
    ['page', { kind: 'slack', channel: '#a', url: 'https://x' }, 'slack has no url, and takes channel'],
    ['page', { kind: 'webhook', url: 'hooks.example.com' }, 'wrong in its url'],
    ['page', { kind: 'webhook', port: 0 }, 'wrong in its port'],
    ['ticket', { kind: 'email', to: 'team', from: 'a@b.c', smarthost: 'm:25' }, 'wrong in its to'],
    ['ticket', { kind: 'email', to: 'a@b.c', from: 'a@b.c', smarthost: 'mail' }, 'wrong in its smarthost'],
    ['ticket', { kind: 'email', to: 'a@b.c', from: 'a@b.c', smarthost: 'mail:99999' }, 'wrong in its smarthost'],
    ['ticketHours', 'never', "not 'always' or hours"],
    ['ticketHours', { weekdays: [], times: [] }, 'it has no weekdays'],
    ['ticketHours', { weekdays: ['monday'], times: [] }, 'it has no times'],
    ['ticketHours', { weekdays: ['friday:monday'], times: [{ from: '08:00', to: '09:00' }] }, 'ends before it begins'],
    ['ticketHours', { weekdays: ['Mo'], times: [{ from: '08:00', to: '09:00' }] }, '"Mo" is no day'],
    ['ticketHours', { weekdays: ['monday'], times: [{ from: '9:00', to: '17:00' }] }, '"9:00" is no time'],
    [
      'ticketHours',
      { weekdays: ['monday'], times: [{ from: '22:00', to: '06:00' }] },
      'write two ranges for one over midnight',
    ],
    [
      'ticketHours',
      { weekdays: ['monday'], times: [{ from: '09:00', to: '17:00' }], location: 'Zurich' },
      'is no time zone',
    ],
    ['ticketHours', { weekdays: ['monday'], times: [{ from: '09:00', to: '17:00' }], zone: 'UTC' }, 'no zone'],
    ['volume', 'some', 'is "some"'],
    ['replicas', 0, 'is 0'],
    ['groupBy', ['job', 'job'], 'has job beside what says the same already'],
    ['groupBy', ['...', 'job'], 'has ... beside'],
    ['groupBy', ['alertnme'], 'has alertnme, and no alert has such a label'],
    ['groupBy', ['alertname', 'namespaces'], 'has namespaces, and no alert'],
    ['pageRepeat', '1m', 'a group is looked at every 5m only'],
    ['pageInterval', '30s', 'is told twice'],
    ['ticketInterval', '44s', 'the last of 3 Alertmanagers waits 30 s'],
    ['ticketRepeat', '7d', 'what was told is remembered for 5d'],
    ['deadMansSwitchRepeat', '30s', 'is 30s'],
    ['deadMansSwitch', { kind: 'slack', channel: '#a' }, 'people do not notice what does not come any more'],
  ])('%s: %j', (field, value, found) => {
    const error = refusal(() => alertmanager({ [field]: value } as Props));
    expect(error.place).toBe(`alerting.${field}`);
    expect(error.found).toContain(found);
    expect(error.fixes.length).toBeGreaterThan(0);
  });

  test('the end of a day and Sunday are good', () => {
    const ticketHours: WorkingHours = {
      weekdays: ['sunday:monday', 'saturday'],
      times: [{ from: '00:00', to: '24:00' }],
    };
    expect([...alertmanagerProblems(configurationOf(alertmanager({ ticketHours })))]).toEqual([]);
  });

  test('where Secrets are generated nobody makes up the address of a pager', () => {
    const error = refusal(() => alertmanager({ credentials: { from: 'generated' } }));
    expect(error.place).toBe('alerting.page');
    expect(error.fixes[0]).toContain("page: because({ kind: 'nobody' }");
    const later = refusal(() => alertmanager({ credentials: { from: 'generated' }, page: HOOK, ticket: HOOK }));
    expect(later.place).toBe('alerting.deadMansSwitch');
  });
});
