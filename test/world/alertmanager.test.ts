import { configuredAlertmanagers } from '../../world/alertmanager';
import { all, configMap, object, workload, worldOf } from './support';

const found = (...manifests: string[]) =>
  configuredAlertmanagers(worldOf(all(...manifests))).map(({ file, release, by }) => {
    const { version } = release;
    return `${by.kind}/${by.name} ${version ? `${version.major}.${version.minor}` : '?'} ${file.resource.name} ${file.path.join('.')}`;
  });

describe('a workload that runs an Alertmanager', () => {
  const files = configMap('config', "alertmanager.yml: 'route: {}', other.yml: 'route: {}'");
  const running = (image = 'prom/alertmanager:v0.28.1', args = '', place = '/etc/alertmanager') =>
    workload({
      pod: 'volumes: [{ name: c, configMap: { name: config } }]',
      containers: `{ name: side, image: 'a:1' }, { name: a, image: '${image}', args: [${args}], volumeMounts: [{ name: c, mountPath: ${place} }] }`,
    });
  test('reads the file that its command line names, or the one of the image', () => {
    expect(found(files, running())).toEqual(['Deployment/web 0.28 config data.alertmanager.yml']);
    const named = running(undefined, "'--config.file=/etc/a/other.yml'", '/etc/a');
    expect(found(files, named)).toEqual(['Deployment/web 0.28 config data.other.yml']);
  });
  test('is known by its image, and its version by the tag', () => {
    expect(found(files, running('quay.io/prometheus/alertmanager'))).toEqual([
      'Deployment/web ? config data.alertmanager.yml',
    ]);
    for (const image of ['my-alertmanager:1', 'prom/alertmanager-bot:1', 'prom/prometheus:v3.5.0'])
      expect(found(files, running(image))).toEqual([]);
  });
  test('is left out where its file is not here', () => {
    expect(found(running())).toEqual([]);
    expect(found(files, running(undefined, undefined, '/etc/other'))).toEqual([]);
  });
});

describe('an Alertmanager of the operator', () => {
  const secret = (name: string, key = 'alertmanager.yaml', place = 'shop') =>
    object('v1', 'Secret', name, `stringData: { ${key}: 'route: {}' }`, place);
  const operated = (spec = '', group = 'monitoring.coreos.com') =>
    object(`${group}/v1`, 'Alertmanager', 'main', `spec: { ${spec} }`);
  test('reads the Secret that it names, or the one that is called after it', () => {
    expect(found(secret('alertmanager-main'), operated('version: v0.27.0'))).toEqual([
      'Alertmanager/main 0.27 alertmanager-main stringData.alertmanager.yaml',
    ]);
    expect(found(secret('own'), secret('alertmanager-main'), operated('configSecret: own'))).toEqual([
      'Alertmanager/main ? own stringData.alertmanager.yaml',
    ]);
    expect(found(secret('alertmanager-main'), operated("configSecret: ''"))).toHaveLength(1);
  });
  test('is left out where that is not here, has no such key, or the kind is of another API', () => {
    expect(found(operated())).toEqual([]);
    expect(found(secret('alertmanager-main', 'alertmanager.yml'), operated())).toEqual([]);
    expect(found(secret('alertmanager-main', undefined, 'blog'), operated())).toEqual([]);
    expect(found(secret('alertmanager-main'), operated('', 'example.com'))).toEqual([]);
  });
});
