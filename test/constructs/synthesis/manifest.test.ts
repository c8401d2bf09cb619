import type { AppProps } from 'cdk8s';
import { ApiObject, App, Chart, JsonPatch, Lazy, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { Platform } from '../../../composition/platform';
import { manifestsOf } from '../../../constructs/synthesis/manifest';
import { matrix } from '../../../environments/matrix';
import { course } from '../../../platform';

const { k8s } = kplus;

/** What is said of every object, our way and the stock way, to the order of the keys. */
function compare(app: App): { readonly ours: string[]; readonly stock: string[] } {
  const objects = app.node.findAll().filter((node): node is ApiObject => ApiObject.isApiObject(node));
  return {
    ours: objects.map(manifestsOf(app)).map((object) => JSON.stringify(object)),
    stock: objects.map((object) => JSON.stringify(object.toJson())),
  };
}

function chart(add: (chart: Chart) => void, props?: AppProps): App {
  const app = new App(props);
  add(new Chart(app, 'chart', { namespace: 'shop', labels: { team: 'shop' } }));
  return app;
}

const service = (scope: Chart, metadata: object = {}, spec: object = {}) =>
  new k8s.KubeService(scope, 'web', {
    metadata: { name: 'web', ...metadata },
    spec: { ports: [{ port: 80, targetPort: k8s.IntOrString.fromString('http') }], ...spec },
  });

test.each(matrix.targets().map((target) => [target.name, target] as const))(
  'the objects of %s are what stock says',
  (_, target) => {
    const { ours, stock } = compare(new Platform(target, course).app);
    expect(ours.length).toBeGreaterThan(10);
    expect(ours).toEqual(stock);
  },
);

describe('is what stock says', () => {
  test.each<readonly [string, (chart: Chart) => void]>([
    [
      'of values that are known late, also in metadata',
      (at) =>
        service(
          at,
          { labels: { app: Lazy.any({ produce: () => 'web' }) }, annotations: Lazy.any({ produce: () => ({}) }) },
          { ports: Lazy.any({ produce: () => [{ port: Lazy.any({ produce: () => 80 }) }] }) },
        ),
    ],
    ['of tokens that resolve themselves', (at) => service(at, {}, { externalName: { resolve: () => 'example.com' } })],
    [
      'of null and undefined, also in lists',
      (at) =>
        service(
          at,
          { annotations: null },
          { clusterIp: undefined, externalIPs: ['10.0.0.1', null], selector: { b: 'b', a: undefined } },
        ),
    ],
    [
      'of empty lists and maps',
      (at) => service(at, { finalizers: [], annotations: {} }, { selector: {}, externalIPs: [] }),
    ],
    ['of patched objects', (at) => service(at).addJsonPatch(JsonPatch.add('/spec/type', 'NodePort'))],
    [
      'of metadata that came later',
      (at) => {
        const { metadata } = service(at);
        metadata.addLabel('b', 'b');
        metadata.addAnnotation('a', 'a');
        metadata.addFinalizers('example.com/wait');
        metadata.addOwnerReference({ apiVersion: 'v1', kind: 'Pod', name: 'web', uid: 'u' });
        metadata.add('generateName', 'web-');
      },
    ],
    [
      'of objects without a class of their own',
      (at) => new ApiObject(at, 'x', { apiVersion: 'example.com/v1', kind: 'X', spec: { b: 1, a: [true] } }),
    ],
    [
      "of cdk8s-plus' own constructs",
      (at) => {
        const deployment = new kplus.Deployment(at, 'web', {
          replicas: 2,
          containers: [{ image: 'shop/web:1', portNumber: 8080, resources: { memory: { limit: Size.mebibytes(64) } } }],
        });
        deployment.exposeViaService({ ports: [{ port: 8080 }] });
        deployment.scheduling.separate(deployment);
      },
    ],
    [
      'of classes that say more than their parent',
      (at) => {
        class Own extends k8s.KubeService {
          override toJson() {
            return { ...super.toJson(), more: true };
          }
        }
        new Own(at, 'own', {});
      },
    ],
  ])('%s', (_, add) => {
    const { ours, stock } = compare(chart(add));
    expect(ours).toEqual(stock);
  });

  test('where the app resolves values in its own way', () => {
    const shout = {
      resolve: (context: { value: unknown; replaceValue: (value: unknown) => void }) =>
        void (context.value === 'web' && context.replaceValue('WEB')),
    };
    const { ours, stock } = compare(chart((at) => service(at), { resolvers: [shout] }));
    expect(ours).toEqual(stock);
    expect(ours.join()).toContain('"WEB"');
  });
});

test('a value that is none is refused in the words of stock', () => {
  const app = chart((at) => service(at, {}, { selector: new Map() }));
  expect(() => compare(app)).toThrow("can't render non-simple object of type 'Map'");
});
