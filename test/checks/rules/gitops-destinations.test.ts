import { all, findings } from '../judging';

const argo = (kind: string, spec: string) =>
  `{ apiVersion: argoproj.io/v1alpha1, kind: ${kind}, metadata: { name: shop, namespace: argocd }, spec: { ${spec} } }`;
const judged = (to: string, destinations: string) =>
  findings(
    'argo-app-resolves',
    all(
      argo(
        'Application',
        `project: shop, source: { repoURL: 'https://git.example.com/shop', path: a }, destination: { ${to} }`,
      ),
      argo('AppProject', `sourceRepos: ['*'], destinations: [${destinations}]`),
    ),
  );
const refused = (json: string) => [`fail Application/argocd/shop spec.destination = ${json}`];

describe('a destination that no entry of the project permits', () => {
  const to = 'name: prod, namespace: shop';
  test('is refused', () =>
    expect(judged(to, '{ name: dev, namespace: shop }, { name: prod, namespace: blog }')).toEqual(
      refused('{"name":"prod","namespace":"shop"}'),
    ));
  test.each([
    "{ name: dev, namespace: shop }, { name: '!test', namespace: blog }",
    "{ name: dev, namespace: '!kube-system' }",
    "{ name: '!dev', namespace: blog }",
    "{ server: '!https://a', namespace: blog }",
  ])('is left open where one denies: %s', (destinations) => expect(judged(to, destinations)).toEqual([]));
  test.each([
    "{ server: 'https://a', namespace: shop }",
    '{ name: pr*, namespace: sh* }',
    "{ name: '*', namespace: '*' }",
  ])('may be this one: %s', (destinations) => expect(judged(to, destinations)).toEqual([]));
  test('by its server, too', () => {
    const server = "server: 'https://a', namespace: shop";
    expect(judged(server, "{ server: 'https://b', namespace: shop }")).toEqual(
      refused('{"server":"https://a","namespace":"shop"}'),
    );
    expect(judged(server, '{ name: prod, namespace: shop }')).toEqual([]);
    expect(judged(server, '{ name: prod, namespace: blog }')).toHaveLength(1);
  });
  test('entries that say nothing permit nothing', () => {
    expect(judged(to, 'null, {}, prod')).toEqual(refused('{"name":"prod","namespace":"shop"}'));
    expect(judged(to, '')).toHaveLength(1);
  });
});
