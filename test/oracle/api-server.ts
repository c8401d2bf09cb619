import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { Json, Resource } from '../../manifests/resource';
import { list, record, string } from '../../manifests/resource';
import { addOnData } from '../../upstream/kubernetes/data';
import { apiOf } from '../../upstream/kubernetes/model';

export interface Verdict {
  /** `other`: refused for a reason that is not the object's own, such as a namespace that is not there. */
  readonly verdict: 'accepted' | 'refused' | 'other';
  readonly words: string;
}

interface Answer {
  readonly status: number;
  readonly body: Json;
}

/** A real API server, asked over HTTP with the credentials of a kubeconfig. */
export class ApiServer {
  private constructor(
    private readonly server: string,
    private readonly agent: Agent,
  ) {}

  static fromKubeconfig(path: string): ApiServer {
    const config = JSON.parse(readFileSync(path, 'utf8'));
    const { server, 'certificate-authority-data': ca } = config.clusters[0].cluster;
    const { 'client-certificate-data': cert, 'client-key-data': key } = config.users[0].user;
    const decoded = (data: string) => Buffer.from(data, 'base64');
    return new ApiServer(
      server,
      new Agent({ keepAlive: true, maxSockets: 16, ca: decoded(ca), cert: decoded(cert), key: decoded(key) }),
    );
  }

  create(path: string, object: unknown, dryRun = true, manager = 'oracle'): Promise<Answer> {
    const asked = `fieldManager=${manager}&fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`;
    return this.send('POST', `${path}?${asked}`, JSON.stringify(object));
  }

  /** Server-side apply, by one manager. */
  apply(path: string, object: unknown, dryRun = false): Promise<Answer> {
    return this.send(
      'PATCH',
      `${path}?fieldManager=oracle&force=true&fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`,
      JSON.stringify(object),
      'application/apply-patch+yaml',
    );
  }

  async get(path: string): Promise<Json> {
    return (await this.send('GET', path, '')).body;
  }

  /** Changes fields of an object, or of its status. */
  patch(path: string, fields: object): Promise<Answer> {
    return this.send('PATCH', path, JSON.stringify(fields), 'application/strategic-merge-patch+json');
  }

  remove(path: string): Promise<Answer> {
    return this.send('DELETE', path, '');
  }

  /** The objects under a path. */
  async list(path: string): Promise<readonly Json[]> {
    const { body } = await this.send('GET', path, '');
    return list(body['items']).flatMap((item): Json[] => {
      const object = record(item);
      return object ? [object] : [];
    });
  }

  /** Follows the objects under a path, those that are there first. A server that is busy ends a watch; it goes on where it was. */
  watch(path: string, look: (event: Json) => void, since = ''): void {
    let last = since;
    const url = `${this.server}${path}${path.includes('?') ? '&' : '?'}watch=true&allowWatchBookmarks=true&resourceVersion=${since}`;
    const asked = request(url, { agent: this.agent }, (response) => {
      let rest = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) {
          const event = JSON.parse(line) as Json;
          if (event['type'] === 'ERROR') throw new Error(`the watch of ${path} has missed something: ${line}`);
          last = string(record(record(event['object'])?.['metadata'])?.['resourceVersion']) ?? last;
          if (event['type'] !== 'BOOKMARK') look(event);
        }
      });
      response.on('close', () => {
        if (!this.isClosed) this.watch(path, look, last);
      });
    });
    asked.on('error', (error) => {
      if (!this.isClosed) throw error;
    });
    asked.end();
  }

  private isClosed = false;

  /** Ends all connections, watches too. */
  close(): void {
    this.isClosed = true;
    this.agent.destroy();
  }

  private send(method: string, path: string, body: string, type = 'application/json'): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.server}${path}`,
        {
          agent: this.agent,
          method,
          headers: { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const answer = Buffer.concat(chunks).toString();
            resolve({
              status: response.statusCode ?? 0,
              body: answer.startsWith('{') ? JSON.parse(answer) : { message: answer },
            });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** What the server says of an object, and of what the controllers of StatefulSets and CronJobs would make of it. */
  async judge(resource: Resource, minor: number): Promise<Verdict> {
    const own = await this.ask(resource.object, resource.apiVersion, resource.kind, minor);
    if (own.verdict !== 'accepted') return own;
    const all =
      resource.kind === 'StatefulSet'
        ? madeByStatefulSet(resource)
        : resource.kind === 'CronJob'
          ? [jobOf(resource)]
          : [];
    for (const made of all) {
      const theirs = await this.ask(made, String(made['apiVersion']), String(made['kind']), minor);
      if (theirs.verdict !== 'accepted') return { ...theirs, words: `${String(made['kind'])}: ${theirs.words}` };
    }
    return own;
  }

  private async ask(object: Json, apiVersion: string, kind: string, minor: number): Promise<Verdict> {
    const known = apiOf(minor).kind(apiVersion, kind) ?? addOnData().kinds[`${apiVersion} ${kind}`];
    if (!known) return { verdict: 'other', words: 'unknown kind' };
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const { status, body } = await this.create(
      `${root}${known.namespaced ? '/namespaces/oracle' : ''}/${known.plural}`,
      object,
    );
    const words = string(body['message']) ?? '';
    // A dry run allocates no node ports, and so does not ask for their range.
    if (
      status < 300 &&
      list(record(object['spec'])?.['ports']).some((entry) => Number(record(entry)?.['nodePort'] ?? 30000) > 32767)
    )
      return { verdict: 'other', words: 'node ports are not allocated' };
    // 409: the name is taken, which the server looks at last.
    if (status < 300 || status === 409) return { verdict: 'accepted', words };
    return { verdict: status === 400 || status === 422 ? 'refused' : 'other', words: `${status} ${words}` };
  }
}

/** The Job that is made when the time has come. */
function jobOf(resource: Resource): Json {
  const template = record(resource.at(['spec', 'jobTemplate']));
  const { labels, annotations } = record(template?.['metadata']) ?? {};
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { generateName: 'oracle-', labels, annotations },
    spec: template?.['spec'],
  };
}

/** A pod and the claims as the controller makes them. */
function madeByStatefulSet(resource: Resource): Json[] {
  const spec = record(resource.object['spec']);
  const template = record(spec?.['template']);
  const podSpec = record(template?.['spec']);
  const claims = list(spec?.['volumeClaimTemplates']).map((claim) => record(claim) ?? {});
  const named = claims.map((claim) => string(record(claim['metadata'])?.['name']) ?? '');
  const metadata = record(template?.['metadata']);
  return [
    ...claims.map((claim) => ({
      ...claim,
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      status: {},
      metadata: {
        ...record(claim['metadata']),
        name: `${string(record(claim['metadata'])?.['name']) ?? ''}-${resource.name}-0`,
      },
    })),
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { ...metadata, name: undefined, namespace: undefined, generateName: 'oracle-' },
      spec: {
        ...podSpec,
        volumes: [
          ...list(podSpec?.['volumes']).filter((volume) => !named.includes(string(record(volume)?.['name']) ?? '')),
          ...named.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
        ],
      },
    },
  ];
}
