import { linkTo } from '../../checks/check';
import { checks } from '../../checks/registry';
import { NEEDS } from '../../report/checks';

const PAGE = /^https:\/\/[a-z0-9.-]+(\/[A-Za-z0-9_.-]+)+(\/|\.md)$/;
const SOURCE_FILE = /^(pkg|plugin|staging\/src\/k8s\.io)(\/[a-z0-9_-]+)+\.go$/;

test.each(checks.map(({ id, source }) => [id, source] as const))(
  '%s is drawn from a page or a source file',
  (_, source) => expect(source).toMatch(source.startsWith('https://') ? PAGE : SOURCE_FILE),
);

test('a page is its own link, a source file is linked at a release of Kubernetes', () => {
  expect(linkTo('https://kubernetes.io/docs/concepts/services-networking/service/')).toBe(
    'https://kubernetes.io/docs/concepts/services-networking/service/',
  );
  expect(linkTo('pkg/probe/util.go')).toMatch(
    /^https:\/\/github\.com\/kubernetes\/kubernetes\/blob\/v1\.\d+\.\d+\/pkg\/probe\/util\.go$/,
  );
});

test.each(checks.map(({ id, severity, needs }) => [id, severity, needs] as const))(
  '%s has a severity and needs that the reports know',
  (_, severity, needs) => {
    expect(['will-break', 'advice']).toContain(severity);
    expect(Object.keys(NEEDS)).toEqual(expect.arrayContaining([...needs]));
  },
);
