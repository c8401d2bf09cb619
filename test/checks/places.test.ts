import { resources } from './judging';
import { misplacedBy } from './places';

describe('a finding points at what it shows', () => {
  const [service] = resources(
    '{ apiVersion: v1, kind: Service, metadata: { name: web }, spec: { ports: [{ name: http, port: 80 }] } }',
  );
  const wrong = (path: readonly (string | number)[], value?: unknown, id = 'a-check') =>
    misplacedBy(id, { resource: service!, path, value, message: '' });
  test('where its value stands, or a part of the text there', () => {
    expect(wrong(['spec', 'ports', 0, 'port'], 80)).toBeUndefined();
    expect(wrong(['metadata', 'name'], 'we')).toBeUndefined();
    expect(wrong(['spec', 'ports', 0, 'name'], 'https')).toBe('a-check: spec.ports.0.name is "http", not "https"');
    expect(wrong(['spec', 'ports', 1, 'port'], 80)).toBe('a-check: spec.ports.1.port is not there, and 80 is shown');
  });
  test('or an address, whose host is named there and whose port is, too, or is another word of the command', () => {
    const [map, pod] = resources(`
{ apiVersion: v1, kind: ConfigMap, metadata: { name: a }, data: { ask: 'nc -z redis 6379', port: '6380' } }
---
{ apiVersion: v1, kind: Pod, metadata: { name: a }, spec: { containers: [{ name: a, command: [nc, redis, '6379'] }] } }
`);
    const [data, word] = [
      ['data', 'ask'],
      ['spec', 'containers', 0, 'command', 1],
    ];
    const asked = (resource: typeof map, path: readonly (string | number)[]) =>
      ['redis:6379', 'redis:6380', 'redes:6379', 'redis', 'nc redis'].filter(
        (value) => misplacedBy('a-check', { resource: resource!, path, value, message: '' }) === undefined,
      );
    expect(asked(map, data!)).toEqual(['redis:6379', 'redis']);
    expect(asked(pod, word!)).toEqual(['redis:6379', 'redis']);
  });
  test('and at the field itself, not at the object around it', () => {
    expect(wrong(['spec', 'ports', 0], 'http')).toBe('a-check: spec.ports.0 is {"name":"http","port":80}, not "http"');
    expect(wrong(['spec', 'ports', 0], 'http', 'scrape-flow-allowed')).toBeUndefined();
  });
  test('where it shows none, at what is there, or at a field that is missing from it', () => {
    expect(wrong(['spec', 'ports', 0, 'targetPort'])).toBeUndefined();
    expect(wrong(['spec', 'ports', 1, 'targetPort'])).toBe(
      'a-check: spec.ports.1.targetPort is below what is not there',
    );
  });
});
