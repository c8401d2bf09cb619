import { classed, messagesOf, workloadOf } from './risks';

describe('database-files-changed', () => {
  const id = 'database-files-changed';
  const db = (image: string, more = 'tty: true', kept = true) =>
    workloadOf({
      kind: 'StatefulSet',
      pod: kept
        ? 'volumes: [{ name: d, persistentVolumeClaim: { claimName: d } }]'
        : 'volumes: [{ name: d, emptyDir: {} }]',
      container: `${more}, volumeMounts: [{ name: d, mountPath: /data }]`,
    }).replace('example.com/web:1.4.0', image);
  test.each([
    ['mysql', 'mysql:8.0.36', 'mysql:8.4.1', 1],
    ['a tag without a version', 'postgres:16.4', 'postgres:latest', 1],
    ['no tag', 'postgres:16.4', 'postgres', 1],
    ['a digest alone', 'postgres:16.4', `postgres@sha256:${'a'.repeat(64)}`, 1],
    ['a tag with too few numbers', 'mysql:8.0.36', 'mysql:8', 1],
    ['a digest beside the same version', 'postgres:16.4', `postgres:16.4@sha256:${'a'.repeat(64)}`, 0],
    ['another version that was not known either', 'postgres:latest', 'postgres:bookworm', 0],
    [
      'mongo behind a registry',
      'r.example.com:5000/mirror/mongo:6.0',
      'r.example.com:5000/mirror/mongo:8.0@sha256:aa',
      1,
    ],
    ['a downgrade', 'docker.io/elasticsearch:8.1.0', 'elasticsearch:7.17.0', 1],
    ['a variant of the same version', 'postgres:16.4', 'postgres:16-bookworm', 0],
    ['a variant of another C library', 'postgres:16.4', 'postgres:16-alpine', 1],
    [
      'the same the other way round, with a digest',
      'postgis/postgis:16-3.4-alpine@sha256:aa',
      'postgis/postgis:16-3.4@sha256:bb',
      1,
    ],
    ['one that sorts by itself', 'mysql:8.4.1-oracle', 'mysql:8.4.1-alpine', 0],
    ['a version that says little', 'mysql:8', 'mysql:8.4', 0],
    ['something else', 'nginx:1.27', 'nginx:2.0', 0],
  ])('%s', (_, before, after, count) => {
    expect(classed(id, db(before), db(after))).toHaveLength(count);
    expect(classed(id, db(before, 'tty: true', false), db(after, 'tty: true', false))).toEqual([]);
  });
  test('a directory in no volume that stays, and another one in it', () => {
    const at = (path: string) => db('postgres:16', `env: [{ name: PGDATA, value: ${path} }]`);
    expect(messagesOf(id, at('/data/pg'), at('/var/lib/pg'))).toEqual([
      'PGDATA is /var/lib/pg in place of /data/pg, which is in no volume that stays: what is written is lost with the pod',
    ]);
    expect(messagesOf(id, at('/data/pg'), at('/data/17'))).toEqual([
      'PGDATA is /data/17 in place of /data/pg: the database may begin empty there',
    ]);
    expect(messagesOf(id, at('/tmp/a'), at('/tmp/b'))).toEqual([]);
  });
  test.each([
    ["args: ['-c', 'fsync=on']", "args: ['-c', 'fsync=off']", 1],
    ["args: ['--shared-buffers=1GB']", "args: ['--shared-buffers=1GB', '--full-page-writes=off']", 1],
    ["command: [sh, -c, 'exec postgres']", "command: [sh, -c, 'exec postgres -c full_page_writes=0']", 1],
    ["args: ['-c', 'fsync=off']", "args: ['-c', 'fsync=on']", 0],
    ["args: ['-c', 'fsync=on']", "args: ['-c', 'fsync=on', '-c', 'jit=off']", 0],
  ])('%s becomes %s', (before, after, count) => {
    expect(classed(id, db('postgres:16', before), db('postgres:16', after))).toHaveLength(count);
  });
});
