import { allOf, classed, messagesOf, workloadOf } from './risks';

const storageClass = (policy: string) =>
  `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: fast, annotations: { storageclass.kubernetes.io/is-default-class: 'true' } }, provisioner: ebs.csi.aws.com${policy && `, reclaimPolicy: ${policy}`} }`;
const claim = (name = 'uploads', { spec = '', annotations = '' } = {}) =>
  `{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: ${name}, namespace: shop, annotations: { ${annotations} } }, spec: { ${spec && `${spec}, `}accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } } }`;
const set = (spec: string, name = 'db') =>
  workloadOf({
    kind: 'StatefulSet',
    name,
    spec: `serviceName: ${name}, ${spec && `${spec}, `}volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 5Gi } } } }]`,
    container: 'volumeMounts: [{ name: data, mountPath: /data }]',
  });

describe('claim-removed', () => {
  const id = 'claim-removed';
  test('loses the data where the default class deletes volumes', () => {
    expect(messagesOf(id, allOf(claim(), storageClass('')), storageClass(''))).toEqual([
      'claim uploads is deleted: the volume goes with it (reclaimPolicy Delete of StorageClass fast), and all data in it',
    ]);
  });
  test('loses nothing but the way to the data where the class retains volumes', () => {
    const [before, after] = [allOf(claim(), storageClass('Retain')), storageClass('Retain')];
    expect(classed(id, before, after)).toEqual(['disruption PersistentVolumeClaim/shop/uploads']);
  });
  test('asks the bound volume before the class', () => {
    const volume = `{ apiVersion: v1, kind: PersistentVolume, metadata: { name: pv-1 }, spec: { persistentVolumeReclaimPolicy: Retain, capacity: { storage: 5Gi }, accessModes: [ReadWriteOnce], csi: { driver: d, volumeHandle: h } } }`;
    const both = allOf(storageClass(''), volume);
    expect(classed(id, allOf(claim('uploads', { spec: 'volumeName: pv-1' }), both), both)).toEqual([
      'disruption PersistentVolumeClaim/shop/uploads',
    ]);
  });
  test('says "may" where the class is not known, and tells that a pod still uses the claim', () => {
    const web = workloadOf({ pod: 'volumes: [{ name: u, persistentVolumeClaim: { claimName: uploads } }]' });
    expect(messagesOf(id, allOf(claim(), web), web)[0]).toMatch(/once no pod uses it any more: .* may go with it/);
  });
  test.each([
    ['helm.sh/resource-policy: keep'],
    ["argocd.argoproj.io/sync-options: 'Validate=false,Prune=false'"],
    ['kustomize.toolkit.fluxcd.io/prune: disabled'],
  ])('says nothing of a claim that stays in the cluster: %s', (annotations) => {
    expect(classed(id, claim('uploads', { annotations }), '')).toEqual([]);
  });
  test('a renamed one loses its data all the same', () => {
    const labelled = (name: string) => claim(name, { annotations: 'a: b, c: d, e: f' });
    expect(
      classed(id, allOf(labelled('uploads'), storageClass('')), allOf(labelled('files'), storageClass(''))),
    ).toEqual(['data-loss PersistentVolumeClaim/shop/files']);
  });
  test('says nothing of a claim that comes', () => {
    expect(classed(id, '', claim())).toEqual([]);
  });
});

describe('volume-removed', () => {
  test('a snapshot goes with its object, where its class says so', () => {
    const snapshot = `{ apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshot, metadata: { name: s, namespace: shop }, spec: { volumeSnapshotClassName: snap, source: { persistentVolumeClaimName: uploads } } }`;
    const kind = (policy: string) =>
      `{ apiVersion: snapshot.storage.k8s.io/v1, kind: VolumeSnapshotClass, metadata: { name: snap }, driver: d, deletionPolicy: ${policy} }`;
    expect(classed('volume-removed', allOf(snapshot, kind('Delete')), kind('Delete'))).toEqual([
      'data-loss VolumeSnapshot/shop/s',
    ]);
    expect(classed('volume-removed', allOf(snapshot, kind('Retain')), kind('Retain'))).toEqual([
      'disruption VolumeSnapshot/shop/s',
    ]);
  });
});

describe('stateful-set-removed', () => {
  const id = 'stateful-set-removed';
  test('its claims stay by default, and are named', () => {
    expect(messagesOf(id, set('replicas: 3'), '')).toEqual([
      'data-db-0 … data-db-2 stay with all data, and nothing uses them',
    ]);
    expect(classed(id, set('replicas: 3'), '')).toEqual(['disruption StatefulSet/shop/db']);
  });
  test('a renamed one begins with empty volumes', () => {
    const found = messagesOf(id, set('replicas: 2'), set('replicas: 2', 'database'));
    expect(found).toEqual([
      'data-db-0 and data-db-1 stay with all data, and nothing uses them; database begins with empty volumes',
    ]);
  });
  test('one without claim templates loses nothing', () => {
    expect(classed(id, workloadOf({ kind: 'StatefulSet', name: 'db' }), '')).toEqual([]);
  });
});

describe('stateful-scale-down', () => {
  const id = 'stateful-scale-down';
  const deletes = 'persistentVolumeClaimRetentionPolicy: { whenScaled: Delete }';
  test('names the claims that go', () => {
    expect(messagesOf(id, set(`replicas: 3, ${deletes}`), set(`replicas: 2, ${deletes}`))[0]).toMatch(
      /^data-db-2 is deleted/,
    );
  });
  test('also where the policy comes along with it, and where the first ordinal rises', () => {
    expect(classed(id, set('replicas: 3'), set(`replicas: 1, ${deletes}`))).toEqual([
      'data-loss StatefulSet/shop/db spec.replicas',
    ]);
    const shifted = set(`replicas: 3, ordinals: { start: 1 }, ${deletes}`);
    expect(messagesOf(id, set(`replicas: 3, ${deletes}`), shifted)[0]).toMatch(/^data-db-0 is deleted/);
  });
  test('says nothing where claims are retained, and nothing of more pods', () => {
    expect(classed(id, set('replicas: 3'), set('replicas: 1'))).toEqual([]);
    expect(classed(id, set(`replicas: 1, ${deletes}`), set(`replicas: 3, ${deletes}`))).toEqual([]);
  });
});

describe('what goes with a namespace', () => {
  const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
  const storageClass = (policy: string) =>
    `{ apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: { name: fast }, provisioner: ebs.csi.aws.com, reclaimPolicy: ${policy} }`;
  const set =
    "{ apiVersion: apps/v1, kind: StatefulSet, metadata: { name: db, namespace: shop }, spec: { replicas: 2, serviceName: db, selector: { matchLabels: { app: db } }, template: { metadata: { labels: { app: db } }, spec: { containers: [{ name: db, image: 'example.com/db:1.0.0' }] } }, volumeClaimTemplates: [{ metadata: { name: data }, spec: { storageClassName: fast, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }] } }";
  const of = (policy: string, ...more: readonly string[]) => allOf(...more, storageClass(policy));
  test('the claims that a StatefulSet has made, by the reclaim policy', () => {
    expect(classed('stateful-set-removed', of('Delete', namespace, set), of('Delete'))).toEqual([
      'data-loss StatefulSet/shop/db',
    ]);
    expect(classed('stateful-set-removed', of('Retain', namespace, set), of('Retain'))).toEqual([
      'disruption StatefulSet/shop/db',
    ]);
    expect(messagesOf('stateful-set-removed', of('Delete', namespace, set), of('Delete'))[0]).toMatch(
      /^data-db-0 and data-db-1 go with namespace shop: the volume goes with it/,
    );
    // Without the namespace they stay.
    expect(messagesOf('stateful-set-removed', of('Delete', namespace, set), of('Delete', namespace))[0]).toMatch(
      /stay with all data/,
    );
    expect(messagesOf('namespace-removed', of('Delete', namespace, set), of('Delete'))[0]).toMatch(
      /; 2 claims go with it: the volume goes with it \(reclaimPolicy Delete of StorageClass fast\), and all data in it$/,
    );
    expect(messagesOf('namespace-removed', of('Retain', namespace, set), of('Retain'))[0]).toMatch(
      /2 claims go with it: the volume stays/,
    );
  });
  test('a claim that whoever applies the manifests is told to keep', () => {
    const kept =
      '{ apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: d, namespace: shop, annotations: { helm.sh/resource-policy: keep } }, spec: { storageClassName: fast, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }';
    expect(classed('claim-removed', of('Delete', namespace, kept), of('Delete'))).toHaveLength(1);
    expect(classed('claim-removed', of('Delete', namespace, kept), of('Delete', namespace))).toEqual([]);
  });
});

describe('namespace-removed', () => {
  const namespace = '{ apiVersion: v1, kind: Namespace, metadata: { name: shop } }';
  test('counts what the manifests hold of it', () => {
    expect(messagesOf('namespace-removed', allOf(namespace, claim(), workloadOf()), workloadOf())).toEqual([
      'everything in shop is deleted: 2 objects of these manifests, and what no manifest holds; 1 claim goes with it: the volume and its data may go with it: the reclaim policy of the default StorageClass is not known, and Delete is the default; 1 object that stays in the manifests stands in it',
    ]);
  });
  test('says nothing of one that is added', () => {
    expect(classed('namespace-removed', '', namespace)).toEqual([]);
  });
});

describe('crd-removed', () => {
  const crd = (versions: string) =>
    `{ apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: { name: backups.example.com }, spec: { group: example.com, scope: Namespaced, names: { kind: Backup, plural: backups }, versions: [${versions}] } }`;
  const v = (name: string, storage: boolean, served = true) =>
    `{ name: ${name}, served: ${served}, storage: ${storage}, schema: { openAPIV3Schema: { type: object } } }`;
  const place = 'CustomResourceDefinition/backups.example.com spec.versions';
  test('a stored version cannot go, and one that is only served is missed', () => {
    const before = crd(`${v('v1', false)}, ${v('v2', true)}`);
    expect(classed('crd-removed', before, crd(v('v1', true)))).toEqual([`immutable ${place}[v2]`]);
    expect(classed('crd-removed', before, crd(v('v2', true)))).toEqual([`disruption ${place}[v1]`]);
    expect(classed('crd-removed', before, crd(`${v('v1', false, false)}, ${v('v2', true)}`))).toEqual([
      `disruption ${place}[v1].served`,
    ]);
  });
  test('a version that comes is no loss', () => {
    expect(classed('crd-removed', crd(v('v1', true)), crd(`${v('v1', true)}, ${v('v2', false)}`))).toEqual([]);
  });
});

describe('store-becomes-ephemeral', () => {
  const id = 'store-becomes-ephemeral';
  const web = (volume: string, mount = 'name: u, mountPath: /uploads', kind = 'Deployment') =>
    workloadOf({ kind, pod: `volumes: [{ name: u, ${volume} }]`, container: `volumeMounts: [{ ${mount} }]` });
  const kept = 'persistentVolumeClaim: { claimName: uploads }';
  const at = 'Deployment/shop/web spec.template.spec';
  test.each([
    ['mounted nowhere', workloadOf(), `data-loss ${at}.containers[web].volumeMounts`],
    [
      'mounted elsewhere',
      web(kept, 'name: u, mountPath: /files'),
      `data-loss ${at}.containers[web].volumeMounts[/uploads]`,
    ],
    [
      'another folder of it',
      web(kept, 'name: u, mountPath: /uploads, subPath: a'),
      `data-loss ${at}.containers[web].volumeMounts[/uploads].subPath`,
    ],
    [
      'another claim',
      web('persistentVolumeClaim: { claimName: other }'),
      `data-loss ${at}.volumes[u].persistentVolumeClaim.claimName`,
    ],
  ])('%s', (_, after, found) => {
    expect(classed(id, web(kept), after)).toEqual([found]);
  });
  test('a directory of the node in a DaemonSet, and the claims of a StatefulSet', () => {
    const daemon = (volume: string) => web(volume, undefined, 'DaemonSet');
    expect(classed(id, daemon('hostPath: { path: /var/x }'), daemon('emptyDir: {}'))).toHaveLength(1);
    const without = workloadOf({
      kind: 'StatefulSet',
      name: 'db',
      spec: 'serviceName: db',
      pod: 'volumes: [{ name: data, emptyDir: {} }]',
      container: 'volumeMounts: [{ name: data, mountPath: /data }]',
    });
    expect(classed(id, set(''), without)).toEqual(['data-loss StatefulSet/shop/db spec.template.spec.volumes']);
  });
  test('the Prometheus of an operator', () => {
    const prometheus = (storage: string) =>
      `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: p, namespace: shop }, spec: { replicas: 1${storage} } }`;
    const stored = ', storage: { volumeClaimTemplate: { spec: { resources: { requests: { storage: 5Gi } } } } }';
    expect(classed(id, prometheus(stored), prometheus(''))).toHaveLength(1);
    expect(classed(id, prometheus(''), prometheus(stored))).toEqual([]);
  });
  test('says nothing of what becomes kept, of what only reads, nor of another name of the volume', () => {
    expect(classed(id, web('emptyDir: {}'), web(kept))).toEqual([]);
    const reads = web(kept, 'name: u, mountPath: /uploads, readOnly: true');
    expect(classed(id, reads, workloadOf())).toEqual([]);
    const renamed = workloadOf({
      pod: `volumes: [{ name: v, ${kept} }]`,
      container: 'volumeMounts: [{ name: v, mountPath: /uploads }]',
    });
    expect(classed(id, web(kept), renamed)).toEqual([]);
  });
});

describe('reclaim-loosened', () => {
  test('for a volume that is emptied for the next claim', () => {
    const volume = (policy: string) =>
      `{ apiVersion: v1, kind: PersistentVolume, metadata: { name: p }, spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], hostPath: { path: /x }${policy && `, persistentVolumeReclaimPolicy: ${policy}`} } }`;
    expect(classed('reclaim-loosened', volume(''), volume('Recycle'))).toEqual([
      'data-loss PersistentVolume/p spec.persistentVolumeReclaimPolicy',
    ]);
    expect(classed('reclaim-loosened', volume('Delete'), volume('Recycle'))).toEqual([]);
    expect(classed('reclaim-loosened', volume('Recycle'), volume(''))).toEqual([]);
  });
  test('for a set, from the default', () => {
    const deletes = set('persistentVolumeClaimRetentionPolicy: { whenDeleted: Delete, whenScaled: Retain }');
    expect(classed('reclaim-loosened', set(''), deletes)).toHaveLength(1);
    expect(classed('reclaim-loosened', deletes, set(''))).toEqual([]);
  });
  test('for a class, where Delete is the default', () => {
    expect(classed('reclaim-loosened', storageClass('Retain'), storageClass(''))).toEqual([
      'data-loss StorageClass/fast reclaimPolicy',
    ]);
  });
});

describe('retention-shortened', () => {
  const id = 'retention-shortened';
  const args = (...words: readonly string[]) =>
    workloadOf({ kind: 'StatefulSet', name: 'p', container: `args: [${words.map((word) => `'${word}'`).join()}]` });
  const prometheus = (spec: string) =>
    `{ apiVersion: monitoring.coreos.com/v1, kind: Prometheus, metadata: { name: p, namespace: shop }, spec: { replicas: 1, ${spec} } }`;
  test.each([
    [
      'a size that comes',
      args('--storage.tsdb.retention.time=30d'),
      args('--storage.tsdb.retention.time=30d', '--storage.tsdb.retention.size=10GB'),
      1,
    ],
    ['less than the default of 15 days', args('--x', '--storage.tsdb.retention.time=30d'), args('--x'), 1],
    ['the value as a word of its own', args('--data.retention', '120h'), args('--data.retention', '24h'), 1],
    ['raw samples of Thanos', args('--retention.resolution-raw=0d'), args('--retention.resolution-raw=30d'), 1],
    ['the same in other units', args('--storage.tsdb.retention.time=14d'), args('--storage.tsdb.retention.time=2w'), 0],
    ['an operator’s', prometheus('retention: 10d'), prometheus('retention: 5d'), 1],
    ['more of it', prometheus('retentionSize: 5GB'), prometheus('retentionSize: 10GB'), 0],
  ])('%s', (_, before, after, count) => {
    expect(classed(id, before, after)).toHaveLength(count);
  });
});

describe('redis-persistence', () => {
  const id = 'redis-persistence';
  const config = (text: string, name = 'redis') =>
    `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: shop }, data: { redis.conf: "${text}" } }`;
  const server = (name = 'redis') =>
    `{ apiVersion: apps/v1, kind: Deployment, metadata: { name: r, namespace: shop }, spec: { selector: { matchLabels: { app: r } }, template: { metadata: { labels: { app: r } }, spec: { containers: [{ name: r, image: 'valkey/valkey:8.1', args: [/etc/redis/redis.conf], volumeMounts: [{ name: c, mountPath: /etc/redis }] }], volumes: [{ name: c, configMap: { name: ${name} } }] } } } }`;
  test('in a file of a ConfigMap', () => {
    const before = allOf(server(), config('appendonly yes\\nsave 60 1'));
    expect(classed(id, before, allOf(server(), config('appendonly no\\nsave 60 1')))).toEqual([
      'data-loss ConfigMap/shop/redis data["redis.conf"]',
    ]);
    expect(classed(id, before, allOf(server(), config('appendonly yes\\nsave 900 1')))).toEqual([]);
  });
  test('in another ConfigMap that is mounted', () => {
    const both = [config('appendonly yes'), config('appendonly no', 'cache')];
    expect(classed(id, allOf(server(), ...both), allOf(server('cache'), ...both))).toEqual([
      'data-loss Deployment/shop/r',
    ]);
  });
  const args = (words: string) =>
    workloadOf({ name: 'redis', container: `image: 'redis:8', args: [${words}]` }).replace(
      "image: 'example.com/redis:1.4.0', ",
      '',
    );
  test.each([
    ['snapshots', "'--save', '60 1'", "'--save', ''", 1],
    ['snapshots beside an append-only file', "'--appendonly', 'yes'", "'--appendonly', 'yes', '--save', ''", 0],
    ['syncing less', "'--appendonly', 'yes', '--appendfsync', always", "'--appendonly', 'yes'", 1],
    ['syncing more', "'--appendonly', 'yes'", "'--appendonly', 'yes', '--appendfsync', always", 0],
    ['an eviction policy', '--maxmemory, 1g', '--maxmemory, 1g, --maxmemory-policy, allkeys-lru', 1],
    ['one that never evicts', '--protected-mode', '--protected-mode, --maxmemory-policy, allkeys-lru', 0],
    ['an empty save after another one', "--save, '60 1'", "--save, '60 1', --save, ''", 1],
    ['no eviction any more', '--maxmemory-policy, allkeys-lru', '--maxmemory-policy, noeviction', 0],
  ])('%s', (_, before, after, count) => {
    expect(classed(id, args(before), args(after))).toHaveLength(count);
  });

  const full = (size: string, policy = '') =>
    args(
      [size && `--maxmemory, '${size}'`, policy && `--maxmemory-policy, ${policy}`, '--port, "1"']
        .filter(Boolean)
        .join(),
    );
  test.each([
    ['refuses writes', full('200mb'), full('100mb'), 'disruption', '100mb in place of 200mb: commands that write are'],
    ['without a bound before', full(''), full('1gb'), 'disruption', '1gb in place of no bound: commands that write'],
    ['in other units', full('1gb'), full('1g'), 'disruption', 'maxmemory is 1g in place of 1gb'],
    ['in bytes', full('2k'), full('1999'), 'disruption', 'maxmemory is 1999 in place of 2k'],
    ['in capitals', full('1GB', 'noeviction'), full('1000mb', 'noeviction'), 'disruption', '1000mb in place of 1GB'],
    ['evicts', full('200mb', 'allkeys-lfu'), full('100mb', 'allkeys-lfu'), 'data-loss', '200mb: keys may be evicted'],
    [
      'those that expire',
      full('2k', 'volatile-ttl'),
      full('1k', 'volatile-ttl'),
      'data-loss',
      'and writes are refused',
    ],
    ['both', full('2g'), full('1g', 'allkeys-lru'), 'data-loss', 'noeviction and maxmemory is 1g in place of 2g: keys'],
    ['no eviction', full('1g', 'allkeys-lru'), full('1g'), 'disruption', 'commands that write are refused when memory'],
    ['less of it', full('1g', 'allkeys-lru'), full('1g', 'volatile-lru'), 'disruption', 'no keys that expire are left'],
  ])('full sooner, or in another way: %s', (_, before, after, risk, message) => {
    expect(messagesOf(id, before, after)).toEqual([expect.stringContaining(message)]);
    expect(classed(id, before, after)).toEqual([expect.stringMatching(`^${risk} `)]);
  });
  test.each([
    ['more', full('1gb'), full('2gb')],
    ['the same in other units', full('1gb'), full('1024mb')],
    ['no bound any more', full('1gb', 'allkeys-lru'), full('0')],
    ['no bound, in another way', full('0'), full('', 'allkeys-lru')],
    ['an amount from elsewhere', full('1gb'), full('$(SIZE)')],
    ['evicts in place of refusing, and never did', full('', 'volatile-lru'), full('', 'allkeys-lru')],
    ['more that may be evicted', full('1g', 'volatile-lru'), full('1g', 'allkeys-lru')],
  ])('not full sooner: %s', (_, before, after) => {
    expect(classed(id, before, after)).toEqual([]);
  });

  describe('where its file is', () => {
    const both = (container: string, size: string, pod = '', more = '') =>
      allOf(
        workloadOf({ name: 'r', container, pod: `volumes: [{ name: c, configMap: { name: redis } }]${pod}` }).replace(
          "image: 'example.com/r:1.4.0', ",
          '',
        ),
        config(`maxmemory ${size}`),
        more,
      );
    const MOUNT = (at: string) => `volumeMounts: [{ name: c, mountPath: ${at} }]`;
    const found = (of: (size: string) => string) => messagesOf(id, of('2mb'), of('1mb'));
    test('copied by an init container', () => {
      const copied = (from: string) => (size: string) =>
        both(
          "image: 'redis:8', command: [redis-server], args: [/data/conf/redis.conf]",
          size,
          `, initContainers: [{ name: copy, image: 'redis:8', command: [sh, /read/init.sh], ${MOUNT(from)} }]`,
        );
      expect(found(copied('/read'))).toEqual([expect.stringContaining('1mb in place of 2mb')]);
    });
    test('named by a script of a ConfigMap, which starts it', () => {
      const text = [
        "# it's Bitnami's",
        '[[ -f /conf/redis.conf ]];then cp /conf/redis.conf /etc/r/redis.conf;fi',
        'ARGS=("--port" "1" "--include" "/etc/r/redis.conf")',
        'exec redis-server "$' + '{ARGS[@]}"',
      ].join('\n');
      const script = JSON.stringify({
        ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'start', namespace: 'shop' } },
        data: { 'start.sh': text },
      });
      const started = (size: string) =>
        both(
          "image: 'bitnami/redis:8', command: [/bin/bash], args: [-c, /s/start.sh], volumeMounts: [{ name: c, mountPath: /conf }, { name: s, mountPath: /s }]",
          size,
          '',
          script,
        ).replace('volumes: [', 'volumes: [{ name: s, configMap: { name: start } }, ');
      expect(found(started)).toEqual([expect.stringContaining('1mb in place of 2mb')]);
    });
    test('it is not among the manifests: nothing is known of its bound', () => {
      const away = (size: string) => both("image: 'redis:8', args: [/elsewhere/other.conf]", size);
      expect(found(away)).toEqual([]);
      const evicting = away('1mb').replace('other.conf]', 'other.conf, --maxmemory-policy, allkeys-lru]');
      expect(messagesOf(id, away('1mb'), evicting)).toEqual([expect.stringContaining('keys may be evicted')]);
    });
    test('a variable names the amount', () => {
      const of = (size: string) =>
        args('--maxmemory, $(SIZE)').replace('args:', `env: [{ name: SIZE, value: ${size} }], args:`);
      expect(found(of)).toEqual([expect.stringContaining('1mb in place of 2mb')]);
    });
    test('the image runs another program', () => {
      expect(classed(id, args('redis-cli, --maxmemory, 2mb'), args('redis-cli, --maxmemory, 1mb'))).toEqual([]);
    });
  });
});

describe('secret-removed', () => {
  const secret = '{ apiVersion: v1, kind: Secret, metadata: { name: token, namespace: shop }, data: { token: YQ== } }';
  const external =
    '{ apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: { name: token, namespace: shop }, spec: { data: [] } }';
  test('something else makes it from now on', () => {
    expect(classed('secret-removed', secret, external)).toEqual([]);
    expect(classed('secret-removed', allOf(secret, external), external)).toEqual([]);
  });
  test('a Secret without values, and one that is added, lose nothing', () => {
    expect(classed('secret-removed', secret.replace('YQ==', "''"), '')).toEqual([]);
    expect(classed('secret-removed', '', secret)).toEqual([]);
  });
});

describe('delivery-removed', () => {
  const id = 'delivery-removed';
  const kustomization = (spec: string) =>
    `{ apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: { name: shop, namespace: flux-system }, spec: { interval: 5m, ${spec} } }`;
  test('Flux prunes, unless it is told to leave what it delivered', () => {
    expect(classed(id, kustomization('prune: true'), '')).toEqual(['data-loss Kustomization/flux-system/shop']);
    expect(classed(id, kustomization('prune: false'), '')).toEqual(['disruption Kustomization/flux-system/shop']);
    expect(messagesOf(id, kustomization('prune: true, deletionPolicy: Orphan'), '')).toEqual([
      'what it delivered stays, and nothing keeps it as it is written',
    ]);
    expect(classed(id, '', kustomization('prune: true'))).toEqual([]);
  });
  test('Argo CD deletes with its finalizer alone, and a generator with all that it generated', () => {
    const argo = (kind: string, more: string) =>
      `{ apiVersion: argoproj.io/v1alpha1, kind: ${kind}, metadata: { name: shop, namespace: argocd }, spec: { ${more} } }`;
    const found = (kind: string, more: string) => classed(id, argo(kind, more), '').map((each) => each.split(' ')[0]);
    expect(found('Application', 'project: default')).toEqual(['disruption']);
    expect(found('ApplicationSet', 'generators: []')).toEqual(['data-loss']);
    expect(found('ApplicationSet', 'syncPolicy: { preserveResourcesOnDeletion: true }')).toEqual(['disruption']);
    expect(found('ApplicationSet', 'syncPolicy: { applicationsSync: create-update }')).toEqual([]);
  });
});

describe('managed-data-removed', () => {
  const id = 'managed-data-removed';
  const of = (apiVersion: string, kind: string, spec: string) =>
    `{ apiVersion: ${apiVersion}, kind: ${kind}, metadata: { name: a, namespace: shop }, spec: { ${spec} } }`;
  test.each([
    ['a topic', of('kafka.strimzi.io/v1beta2', 'KafkaTopic', 'partitions: 3'), 1],
    ['a database in a cloud', of('rds.aws.upbound.io/v1beta1', 'Instance', 'deletionPolicy: Delete'), 1],
    ['one that is to be left there', of('rds.aws.upbound.io/v1beta1', 'Instance', 'deletionPolicy: Orphan'), 0],
    [
      'a Kafka whose claims stay',
      of('kafka.strimzi.io/v1beta2', 'Kafka', 'kafka: { storage: { deleteClaim: false } }'),
      0,
    ],
    [
      'a Kafka whose claims go',
      of('kafka.strimzi.io/v1beta2', 'Kafka', 'kafka: { storage: { deleteClaim: true } }'),
      1,
    ],
  ])('%s', (_, before, count) => {
    expect(classed(id, before, '')).toHaveLength(count);
    expect(classed(id, '', before)).toEqual([]);
  });
});
