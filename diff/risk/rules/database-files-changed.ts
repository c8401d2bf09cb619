import { mappings, string } from '../../../manifests/resource';
import type { Container, WorkloadManifest } from '../../../manifests/workload';
import { programStrings } from '../../../manifests/workload';
import { containerChanges } from '../containers';
import { fieldAt } from '../paths';
import { riskRule } from '../risk';
import { mountsWithStores } from '../stores';
import { changedWorkloads, templateFields } from '../workloads';

const db = (image: string, args = 'on') => `
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db, namespace: shop }
spec:
  serviceName: db
  selector: { matchLabels: { app: db } }
  template:
    metadata: { labels: { app: db } }
    spec: { containers: [{ name: db, image: '${image}', args: ['-c', 'fsync=${args}'], volumeMounts: [{ name: data, mountPath: /data }] }] }
  volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Gi } } } }]
`;

/** Databases whose files another major version reads differently, and how many numbers of the version make it one. */
const MAJOR: Readonly<Record<string, number>> = {
  postgres: 1,
  postgresql: 1,
  mysql: 2,
  mariadb: 2,
  mongo: 1,
  mongodb: 1,
  elasticsearch: 1,
  opensearch: 1,
  cassandra: 1,
};
/** Where a database keeps its files. */
const DIRECTORIES = ['PGDATA', 'POSTGRESQL_DATA_DIR', 'MYSQL_DATADIR', 'MYSQL_DATA_DIR', 'CASSANDRA_DATA', 'path.data'];
/** Settings of PostgreSQL without which a crash leaves files that cannot be read. */
const SAFE = ['fsync', 'full_page_writes'];

export default riskRule({
  id: 'database-files-changed',
  class: 'data-loss',
  description:
    'a database of another major version or of an image that sorts texts otherwise, with its files elsewhere, or one that does not write them safely',
  reason:
    'A new major version converts the files, or refuses to start with them, and the old one cannot read them afterwards. In an empty directory a database begins anew. Without fsync a crash of the node may leave files that nothing can read.',
  source: 'https://www.postgresql.org/docs/current/upgrading.html',
  advice: 'make a backup that has been restored once, and follow what the database says of upgrades',
  example: {
    before: db('postgres:16.4'),
    after: db('postgres:17.2'),
    finds: ['StatefulSet/shop/db spec.template.spec.containers[db].image'],
    harmless: db('postgres:16.6'),
  },
  *find(diff) {
    for (const workload of changedWorkloads(diff)) {
      if (templateFields(workload).length === 0) continue;
      const { change } = workload;
      for (const { before, after, path } of containerChanges(workload)) {
        const at = (name: string) => fieldAt(change, [...path, name]);
        const stores = mountsWithStores(workload.before, before).filter(({ store }) => store !== undefined);
        const upgrade = stores.length > 0 ? upgraded(before, after) : undefined;
        if (upgrade) yield { change, field: at('image'), message: upgrade };
        const sorts = stores.length > 0 ? sortsOtherwise(before, after) : undefined;
        if (sorts)
          yield {
            change,
            field: at('image'),
            message: sorts,
            advice:
              'keep the base of the image, or dump and restore; REINDEX DATABASE repairs indexes as long as no wrong row was written by them',
          };
        for (const name of DIRECTORIES) {
          const [was, is] = [before, after].map((container) => envOf(container, name));
          if (!was || was === is || !keptAt(workload.before, before, was)) continue;
          const field = fieldAt(change, [...path, 'env', { name }]) ?? at('env');
          const where = is === undefined ? 'its default' : is;
          const lost =
            is !== undefined && !keptAt(workload.after, after, is)
              ? ', which is in no volume that stays: what is written is lost with the pod'
              : '';
          yield {
            change,
            field,
            message: `${name} is ${where} in place of ${was}${lost || ': the database may begin empty there'}`,
          };
        }
        for (const name of SAFE)
          if (isOff(after, name) && !isOff(before, name))
            yield {
              change,
              field: at('args') ?? at('command'),
              message: `${name} is off: a crash of the node may leave files that nothing can read, and no revert repairs them`,
              advice: `leave ${name} on for whatever cannot be made anew`,
            };
      }
    }
  },
});

function upgraded(before: Container, after: Container): string | undefined {
  const [was, is] = [before, after].map(({ json }) => versionOf(string(json['image']) ?? ''));
  if (!was?.major || was.name !== is?.name || was.major === is.major) return undefined;
  // No number, or too few of them: the image may be of any version when it is pulled.
  if (is.major === undefined)
    return `${is.name} ${is.tag} in place of ${was.major}: nobody knows which version that is; another major one converts the files or does not start with them, and there is no way back to ${was.major} without a backup`;
  return `${is.name} ${is.major} in place of ${was.major}: it converts the files or does not start with them, and there is no way back to ${was.major} without a backup`;
}

/** Databases that sort texts by the C library of their image: https://wiki.postgresql.org/wiki/Locale_data_changes */
const SORTS_BY_LIBRARY = new Set(['postgres', 'postgresql', 'postgis', 'timescaledb', 'pgvector']);

/** Whether texts are sorted by another C library: musl of Alpine, glibc of others, and that of Debian before and after its version 10. */
function sortsOtherwise(before: Container, after: Container): string | undefined {
  const [was, is] = [before, after].map(({ json }) => libraryOf(string(json['image']) ?? ''));
  if (!was || !is || was.name !== is.name || was.library === is.library) return undefined;
  return `${is.name} sorts texts by ${is.library} in place of ${was.library}: indexes of texts that were written before are wrong, so that rows are not found and unique ones come twice`;
}

function libraryOf(image: string): { readonly name: string; readonly library: string } | undefined {
  const [, name = '', tag = ''] = /(?:^|\/)([\w.-]+)(?::([\w.-]+))?(?:@.*)?$/.exec(image) ?? [];
  if (!SORTS_BY_LIBRARY.has(name) || tag === '') return undefined;
  if (/alpine/.test(tag)) return { name, library: 'the musl of Alpine' };
  return { name, library: /(jessie|stretch)/.test(tag) ? 'a glibc before 2.28' : 'glibc' };
}

/** A database by its image; the major version is undefined where the tag does not say it, as `latest` or `mysql:8` do not. */
interface DatabaseVersion {
  readonly name: string;
  readonly tag: string;
  readonly major: string | undefined;
}

function versionOf(image: string): DatabaseVersion | undefined {
  const [, name = '', tag, digest] = /(?:^|\/)([\w.-]+)(?::([\w.-]+))?(?:@(.*))?$/.exec(image) ?? [];
  const numbers = Object.hasOwn(MAJOR, name) ? MAJOR[name]! : undefined;
  if (numbers === undefined) return undefined;
  const parts = /^v?\d/.test(tag ?? '') ? tag!.split(/[^\d]+/).filter(Boolean) : [];
  const major = parts.length < numbers ? undefined : parts.slice(0, numbers).join('.');
  return { name, tag: tag ?? digest ?? 'latest', major };
}

function envOf({ json }: Container, name: string): string | undefined {
  return string(mappings(json['env']).find((entry) => entry['name'] === name)?.['value']);
}

/** Whether a directory is in a volume that stays when the pod goes. */
function keptAt(workload: WorkloadManifest, container: Container, directory: string): boolean {
  const around = mountsWithStores(workload, container)
    .filter(({ at }) => directory === at || directory.startsWith(`${at}/`))
    .sort((one, other) => other.at.length - one.at.length);
  return around[0]?.store !== undefined;
}

/** `-c fsync=off`, `--fsync=off`, `--full-page-writes=0`. */
function isOff(container: Container, name: string): boolean {
  const option = new RegExp(`(^|[\\s-])${name.replaceAll('_', '[_-]')}\\s*=\\s*'?(off|false|no|0)\\b`);
  return programStrings(container).some((text) => option.test(text));
}
