import { all, namespace, said, workload } from './judging';

const ID = 'dashboard-valid';
const configMap = (name: string, files: Record<string, string>, labels = '') =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name}, namespace: shop ${labels} }, data: ${JSON.stringify(files)} }`;
const LABEL = ", labels: { grafana_dashboard: '1' }";
const SOURCE = { type: 'prometheus', uid: '${datasource}' };
const dashboard = (more: object = {}, ...exprs: string[]) =>
  JSON.stringify({
    uid: 'web',
    title: 'Web',
    schemaVersion: 39,
    panels: [{ title: 'P', datasource: SOURCE, targets: exprs.map((expr) => ({ expr })) }],
    ...more,
  });
const judged = (...objects: readonly string[]) =>
  said(ID, all(namespace, ...objects)).map(({ verdict, object, message }) => `${verdict} ${object}: ${message}`);
const one = (text: string) => judged(configMap('d', { 'web.json': text }));

test('a file that ends too early, or holds a comma too many, is no dashboard', () => {
  expect(one(dashboard().slice(0, -1))[0]).toMatch(/^fail ConfigMap\/shop\/d: web\.json is no JSON/);
  expect(one(dashboard().replace('"title":"Web"', '"title":"Web",'))[0]).toMatch(/is no JSON/);
  expect(one(dashboard())).toEqual([]);
});

test('without a title, or with a uid that it does not take, Grafana refuses it', () => {
  expect(one(dashboard({ title: '' }))[0]).toMatch(/has no title/);
  expect(one(dashboard({ title: undefined }))[0]).toMatch(/has no title/);
  expect(one(dashboard({ uid: 'a'.repeat(41) }))[0]).toMatch(/has 41 characters/);
  expect(one(dashboard({ uid: 'a/b' }))[0]).toMatch(/other characters/);
  expect(one(dashboard({ uid: 'a'.repeat(40) }))).toEqual([]);
  expect(one(dashboard({ uid: undefined }))).toEqual([]);
  expect(one(dashboard({ uid: null }))).toEqual([]);
});

test.each(['sum(rate(a[$__rate_interval])', 'rate(a)', 'sum(a{b="$c"}', "sum(a{b='[[c]]'}) by", 'a{b=~"("}'])(
  'Prometheus refuses %s, whatever its variables are',
  (expr) => {
    expect(one(dashboard({}, expr))).toEqual([expect.stringContaining(`panel P: Prometheus refuses ${expr}`)]);
  },
);

test.each([
  'sum(rate(a{b=~"$c", d="${e:regex}"}[$__rate_interval])) / $__interval_ms',
  'topk($n, a)',
  '$query',
  '${metric}{a="b"}',
  'rate(a[[[range]]])',
  'new_function_of_some_day(a)',
  "a{b='$c'} > $__range_s",
])('%s may be read', (expr) => expect(one(dashboard({}, expr))).toEqual([]));

test('queries in folded rows are read, and those of other data sources are not', () => {
  const panels = (datasource: unknown) => ({
    panels: [{ type: 'row', title: 'R', panels: [{ title: 'Q', datasource, targets: [{ expr: '{a="b"} |= "c"' }] }] }],
  });
  expect(one(dashboard(panels(SOURCE)))[0]).toMatch(/panel Q/);
  expect(one(dashboard(panels({ type: 'loki', uid: 'loki' })))).toEqual([]);
  expect(one(dashboard(panels('a name')))).toEqual([]);
  expect(one(dashboard(panels(undefined)))).toEqual([]);
});

test('other files are none of its business', () => {
  expect(judged(configMap('d', { 'a.json': '{ "panels": oops' }))).toEqual([]);
  expect(judged(configMap('d', { 'a.yaml': '{ "panels": [], "schemaVersion": 1, }' }))).toEqual([]);
  expect(one(JSON.stringify({ dashboard: JSON.parse(dashboard()), schemaVersion: 1 }))).toEqual([]);
});

test('a uid stands for one dashboard of a Grafana', () => {
  const first = configMap('first', { 'a.json': dashboard() }, LABEL);
  const second = (labels: string) => configMap('second', { 'b.json': dashboard({ title: 'Other' }) }, labels);
  expect(judged(first, second(LABEL))).toEqual([
    expect.stringMatching(
      /^fail ConfigMap\/shop\/second: b\.json has the uid web, and so has a\.json in ConfigMap\/shop\/first/,
    ),
  ]);
  // Nobody is known to read both.
  expect(judged(first, second(''))).toEqual([]);
  const mounting = (...names: string[]) =>
    workload({
      name: 'grafana',
      pod: `volumes: [${names.map((name) => `{ name: ${name}, configMap: { name: ${name} } }`).join(', ')}]`,
    });
  const [plain, other] = [configMap('first', { 'a.json': dashboard() }), second('')];
  expect(judged(plain, other, mounting('first', 'second'))).toHaveLength(1);
  expect(judged(plain, other, mounting('first'))).toEqual([]);
  expect(judged(configMap('d', { 'a.json': dashboard(), 'b.json': dashboard() }, LABEL))).toHaveLength(1);
});

test('the operator of Grafana reads them from its own objects', () => {
  const object = (json: string) =>
    `{ apiVersion: grafana.integreatly.org/v1beta1, kind: GrafanaDashboard, metadata: { name: d, namespace: shop }, spec: { json: ${JSON.stringify(json)} } }`;
  expect(judged(object(dashboard({}, 'sum(')))[0]).toMatch(/^fail GrafanaDashboard\/shop\/d/);
  expect(judged(object('{'))[0]).toMatch(/no JSON/);
  expect(judged(object(dashboard({}, 'sum(a)')))).toEqual([]);
});
