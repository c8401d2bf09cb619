import { istioCovers } from '../../../simulate/routing/istio-covering';
import { istioCondition } from '../../../simulate/routing/istio-matches';
import { requestFor } from '../../../simulate/routing/request';

const api = { uri: { prefix: '/api' } };
const header = (name: string, value: object) => ({ headers: { [name]: value } });

test.each([
  [{}, api, true],
  [{}, {}, true],
  [{ uri: { prefix: '/' } }, { uri: { regex: '/a+' } }, true],
  [{ uri: { prefix: '/' } }, header('x', { exact: 'a' }), true],
  [api, { uri: { prefix: '/api/v2' } }, true],
  [api, { uri: { prefix: '/apiary' } }, true],
  [api, { uri: { exact: '/api' } }, true],
  [api, { uri: { prefix: '/ap' } }, false],
  [api, { uri: { regex: '/api/.*' } }, false],
  [api, {}, false],
  [api, { ...api, ...header('x', { exact: 'a' }) }, true],
  [{ ...api, ...header('x', { exact: 'a' }) }, api, false],
  [{ uri: { exact: '/api' } }, api, false],
  [{ uri: { regex: '/a.*' } }, { uri: { exact: '/ab' } }, true],
  [{ uri: { regex: '/a.*' } }, { uri: { exact: '/b' } }, false],
  [{ uri: { regex: '/a(' } }, { uri: { exact: '/a(' } }, false],
  [{ uri: { regex: '/a.*' } }, { uri: { prefix: '/ab' } }, true],
  [{ uri: { regex: '/a[a-c].*' } }, { uri: { prefix: '/ab' } }, true],
  [{ uri: { regex: '.*' } }, { uri: { prefix: '/ab' } }, true],
  [{ uri: { regex: '/abc.*' } }, { uri: { prefix: '/ab' } }, false],
  [{ uri: { regex: '/b|/a.*' } }, { uri: { prefix: '/b' } }, false],
  [{ uri: { regex: '/a\\.*' } }, { uri: { prefix: '/a' } }, false],
  [{ uri: { regex: '/a.+' } }, { uri: { prefix: '/a' } }, false],
  // Whether upper and lower case are the same.
  [api, { uri: { prefix: '/api' }, ignoreUriCase: true }, false],
  [{ ...api, ignoreUriCase: true }, { uri: { prefix: '/API/v2' } }, true],
  [api, { uri: { prefix: '/API' } }, false],
  [{ uri: { regex: '/a' }, ignoreUriCase: true }, { uri: { exact: '/A' } }, false],
  [header('X-Group', { exact: 'beta' }), header('x-group', { exact: 'beta' }), true],
  [header('x-group', {}), header('x-group', { exact: 'beta' }), true],
  [header('x-group', { prefix: 'be' }), header('x-group', { exact: 'beta' }), true],
  [header('x-group', { exact: 'beta' }), header('x-group', { prefix: 'beta' }), false],
  [header('x-group', { exact: 'beta' }), header('x-user', { exact: 'beta' }), false],
  [{ queryParams: { v: { exact: '2' } } }, { queryParams: { V: { exact: '2' } } }, false],
  [{ withoutHeaders: { x: {} } }, {}, false],
  [{ withoutHeaders: { x: {} } }, { withoutHeaders: { x: {} }, ...api }, true],
  [{ method: { exact: 'GET' } }, {}, false],
  [{ method: { regex: 'GET|HEAD' } }, { method: { exact: 'HEAD' } }, true],
  [{ authority: { prefix: 'a' } }, { authority: { exact: 'ab' } }, true],
  [{ port: 80 }, {}, false],
  [{ port: 80 }, { port: 80, ...api }, true],
  [{ sourceLabels: { app: 'a' } }, { sourceLabels: { app: 'a', tier: 'b' } }, true],
  [{ sourceLabels: { app: 'a', tier: 'b' } }, { sourceLabels: { app: 'a' } }, false],
  [{ sourceNamespace: 'a' }, { sourceNamespace: 'b' }, false],
  [{ gateways: ['mesh'] }, {}, false],
  [{ gateways: ['mesh', 'edge/public'] }, {}, true],
  [{}, { gateways: ['mesh'] }, true],
  [{ name: 'wide', statPrefix: 'a' }, api, true],
  [{ sniHosts: ['a', 'b'] }, { sniHosts: ['a', 'b'], port: 443 }, true],
  [{ sniHosts: ['a'] }, { sniHosts: ['b'] }, false],
])('%j takes all that %j takes: %s', (wide, narrow, expected) =>
  expect(istioCovers(wide, narrow, ['edge/public', 'mesh'])).toBe(expected),
);

test('what is covered takes no request that the wider one leaves', () => {
  const texts = [undefined, {}, { exact: 'a' }, { exact: 'ab' }, { prefix: 'a' }, { regex: 'a.*' }, { regex: '*' }];
  const paths = [
    undefined,
    ...['/', '/a', '/A', '/ab'].flatMap((path) => [{ exact: path }, { prefix: path }]),
    { regex: '/a.*' },
  ];
  const matches = paths.flatMap((uri) =>
    [true, false].flatMap((ignoreUriCase) =>
      texts.flatMap((text) =>
        ['headers', 'withoutHeaders', 'queryParams'].map((field) => ({
          ...(uri ? { uri } : {}),
          ...(ignoreUriCase ? { ignoreUriCase } : {}),
          ...(text ? { [field]: { x: text } } : {}),
        })),
      ),
    ),
  );
  const requests = ['/', '/a', '/A', '/ab', '/AB', '/b'].flatMap((path) =>
    ['', '?x=a', '?x=ab', '?x='].flatMap((query) =>
      [undefined, 'a', 'ab', 'b'].map((value) => {
        const headers = value === undefined ? [] : [['x', value] as const];
        return { path, request: requestFor('GET', `http://shop.test${path}${query}`, headers)! };
      }),
    ),
  );
  const taken = matches.map((match) => {
    const takes = istioCondition(match);
    return requests.map(({ request, path }) => takes(request, path));
  });
  let covered = 0;
  const wrong = matches.flatMap((wide, i) =>
    matches.flatMap((narrow, j) => {
      if (!istioCovers(wide, narrow, [])) return [];
      covered++;
      return requests.some((_, k) => taken[j]![k] && !taken[i]![k]) ? [[wide, narrow]] : [];
    }),
  );
  expect(wrong.slice(0, 3)).toEqual([]);
  expect(covered).toBeGreaterThan(matches.length);
});
