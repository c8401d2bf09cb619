import { releaseOf, releaseOfRules } from '../../world/prometheus-release';
import { all, object, workload, workloadOf, worldOf } from './support';

describe('what a container tells of its Prometheus', () => {
  const release = (image: string, words: string, field = 'args') => {
    const world = worldOf(workload({ containers: `{ name: p, image: '${image}', ${field}: [${words}] }` }));
    return releaseOf(workloadOf(world, 'web').containers[0]!);
  };
  const of = (words: string, field?: string) => release('prom/prometheus:v2.53.1', words, field);
  const version = { major: 2, minor: 53 };

  test.each([
    ['prom/prometheus:v2.53.1', version],
    ['quay.io:5000/prometheus/prometheus:v3.5.0@sha256:0a', { major: 3, minor: 5 }],
    ['prom/prometheus', undefined],
    ['prom/prometheus:latest', undefined],
    ['prom/prometheus@sha256:0a', undefined],
    ['localhost:5000/prometheus', undefined],
  ])('is the version of the tag: %s', (image, expected) => expect(release(image, '').version).toEqual(expected));

  test.each(["'--enable-feature=one,two'", "--enable-feature, 'one,two'", '-enable-feature=one, --enable-feature=two'])(
    'is which features it has: %s',
    (words) => {
      const expected = { version, features: new Set(['one', 'two']), agent: false };
      expect(of(words)).toEqual(expected);
      expect(of(words, 'command')).toEqual(expected);
    },
  );

  test.each([
    ['', false],
    ["'--enable-feature=agent'", true],
    ["'--enable-feature=native-histograms,agent'", true],
    ["'--agent'", true],
    ["'--config.file=/a.yml', '--agent', '--web.listen-address=:9090'", true],
    ["'--agent=true'", true],
    ["'--agent=false'", false],
    ["'--agent.retention=1d'", false],
  ])('is whether it is an agent, by a feature or a flag: %s', (words, agent) => {
    expect(of(words).agent).toBe(agent);
    expect(of(words, 'command').agent).toBe(agent);
  });

  test.each(["'sh', '-c', 'prometheus --agent'", "'$(ARGS)'", "'--agent', '${MORE}'"])(
    'is its version alone where a shell or a variable may say more: %s',
    (words) => expect(of(words)).toEqual({ version }),
  );
  test('is nothing where the version is not known either', () =>
    expect(release('prom/prometheus', "'$(ARGS)'")).toEqual({}));
});

describe('the Prometheus that loads a PrometheusRule', () => {
  const operated = (name: string, spec: string, kind = 'Prometheus') =>
    object('monitoring.coreos.com/v1', kind, name, `spec: { ${spec} }`);
  const of = (...manifests: string[]) => releaseOfRules(worldOf(all(...manifests)));
  const v3 = { version: { major: 3, minor: 5 }, features: new Set() };

  test('is of the version or image of the object; the image wins', () => {
    expect(of(operated('a', 'version: v3.5.0'))).toEqual(v3);
    expect(of(operated('a', 'version: v2.40.0, image: quay.io/prometheus/prometheus:v3.5.0'))).toEqual(v3);
    expect(of(operated('a', ''))).toEqual({ features: new Set() });
  });
  test('has the features that are enabled, unless arguments or containers may enable more', () => {
    const features = 'version: v3.5.0, enableFeatures: [native-histograms]';
    expect(of(operated('a', features)).features).toEqual(new Set(['native-histograms']));
    expect(of(operated('a', `${features}, additionalArgs: [{ name: agent }]`))).toEqual({ version: v3.version });
    expect(of(operated('a', `${features}, containers: [{ name: prometheus }]`))).toEqual({ version: v3.version });
  });
  test('is known where all are alike', () => {
    const alike = operated('b', 'version: v3.5.2');
    expect(of(operated('a', 'version: v3.5.0'), alike)).toEqual(v3);
    expect(of(operated('a', 'version: v3.5.0'), alike, operated('c', 'version: v3.4.0'))).toEqual({});
    const [ab, ba] = ['[a, b]', '[b, a]'].map((list) => `version: v3.5.0, enableFeatures: ${list}`);
    expect(of(operated('a', ab!), operated('b', ba!)).features).toEqual(new Set(['a', 'b']));
    expect(of(operated('a', ab!), operated('b', 'version: v3.5.0, enableFeatures: [a]'))).toEqual({});
  });
  test('is not known beside a ThanosRuler, without any, and beside kinds of other groups', () => {
    expect(of(operated('a', 'version: v3.5.0'), operated('t', '', 'ThanosRuler'))).toEqual({});
    expect(of(operated('t', 'version: v3.5.0', 'ThanosRuler'))).toEqual({});
    expect(of('')).toEqual({});
    expect(of(object('example.com/v1', 'Prometheus', 'a', 'spec: { version: v3.5.0 }'))).toEqual({});
  });
});
