import { existsSync } from 'node:fs';
import type { Cluster } from './cluster';
import { type Reply, request } from './http';
import { type KubernetesObject, nameOf } from './kubernetes';

interface Answer {
  readonly status: number;
  /** The API server's words when it refused. */
  readonly message: string;
  /** What it accepted only with a warning. */
  readonly warnings: readonly string[];
}

interface Resource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** The API itself: one request per object, so that each refusal has an object to its name. */
export class Api {
  private readonly resources = new Map<string, Promise<Resource[]>>();

  private constructor(private readonly socketPath: string) {}

  static async of(cluster: Cluster): Promise<Api> {
    const socket = cluster.file('api.sock');
    await cluster.background(
      ['kubectl', 'proxy', `--unix-socket=${socket}`],
      () => existsSync(socket),
      'the way to the API server',
    );
    return new Api(socket);
  }

  /** Creates with strict validation: a field that the server does not know, or a field that is there twice, is an error. */
  async create(object: KubernetesObject): Promise<Answer> {
    return this.ask('POST', `${await this.collectionOf(object)}?fieldValidation=Strict`, object);
  }

  /** Applies it by the server, whoever owned the fields before. */
  async apply(object: KubernetesObject): Promise<Answer> {
    return this.ask(
      'PATCH',
      `${await this.pathOf(object)}?fieldManager=strata-test&force=true&fieldValidation=Strict`,
      object,
      'application/apply-patch+yaml',
    );
  }

  /** What the server would store of it, and what it says to it; nothing is stored. */
  async tried(object: KubernetesObject): Promise<Answer & { readonly object: KubernetesObject }> {
    const path = `${await this.collectionOf(object)}?dryRun=All&fieldValidation=Ignore`;
    const reply = await this.send('POST', path, object, 'application/json');
    return { ...answerOf(reply), object: JSON.parse(reply.body) as KubernetesObject };
  }

  /** Merges fields into an object. */
  async merge(object: KubernetesObject): Promise<Answer> {
    return this.ask('PATCH', await this.pathOf(object), object, 'application/merge-patch+json');
  }

  /** All objects of a kind, of all namespaces. */
  async all<T extends KubernetesObject>(apiVersion: string, kind: string, query = ''): Promise<readonly T[]> {
    const { name } = await this.resourceOf({ apiVersion, kind, metadata: { name: '' } });
    const { body } = await request({ socketPath: this.socketPath, path: `${root(apiVersion)}/${name}${query}` });
    return (JSON.parse(body) as { items: T[] }).items;
  }

  async exists(object: KubernetesObject): Promise<boolean> {
    return (await this.knows(object)) && (await this.ask('GET', await this.pathOf(object))).status !== 404;
  }

  async delete(object: KubernetesObject): Promise<void> {
    // With the definition of a kind go the objects of it.
    if (!(await this.knows(object))) return;
    const options = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background', gracePeriodSeconds: 0 };
    const { status, message } = await this.ask('DELETE', await this.pathOf(object), options);
    if (status >= 400 && status !== 404)
      throw new Error(`${nameOf(object)} is not to be deleted: ${status} ${message}`);
  }

  /** An error while the server does not serve its kind, of which the definition may have come, or have come back, just now. */
  async serves(object: KubernetesObject): Promise<void> {
    const { status, message } = await this.ask('GET', `${await this.collectionOf(object)}?limit=1`);
    if (status !== 200) throw new Error(`${object.kind} is not served: ${status} ${message}`);
  }

  private async pathOf(object: KubernetesObject): Promise<string> {
    return `${await this.collectionOf(object)}/${object.metadata.name}`;
  }

  private async collectionOf(object: KubernetesObject): Promise<string> {
    const { name, namespaced } = await this.resourceOf(object);
    return `${root(object.apiVersion)}${namespaced ? `/namespaces/${object.metadata.namespace ?? 'default'}` : ''}/${name}`;
  }

  private async resourceOf(object: KubernetesObject): Promise<Resource> {
    const resource = await this.findResource(object);
    if (!resource) throw new Error(`this API server knows no ${object.kind} in ${object.apiVersion}`);
    return resource;
  }

  private async knows(object: KubernetesObject): Promise<boolean> {
    return (await this.findResource(object)) !== undefined;
  }

  private async findResource({ apiVersion, kind }: KubernetesObject): Promise<Resource | undefined> {
    const known = this.resources.get(apiVersion) ?? this.discover(apiVersion);
    this.resources.set(apiVersion, known);
    const resource = (await known).find((one) => one.kind === kind && !one.name.includes('/'));
    // A definition may come later.
    if (!resource) this.resources.delete(apiVersion);
    return resource;
  }

  private async discover(apiVersion: string): Promise<Resource[]> {
    const { status, body } = await request({ socketPath: this.socketPath, path: root(apiVersion) });
    return status === 200 ? (JSON.parse(body) as { resources: Resource[] }).resources : [];
  }

  private async ask(method: string, path: string, body?: object, type = 'application/json'): Promise<Answer> {
    return answerOf(await this.send(method, path, body, type));
  }

  private send(method: string, path: string, body: object | undefined, type: string): Promise<Reply> {
    return request(
      { socketPath: this.socketPath, method, path, headers: { 'content-type': type } },
      body && JSON.stringify(body),
    );
  }
}

function answerOf({ status, headers, body }: Reply): Answer {
  // Of a group that it serves no more the server speaks in plain text.
  const isJson = headers['content-type']?.includes('json') ?? false;
  const { message = '' } = isJson ? (JSON.parse(body) as { message?: string }) : { message: body };
  return { status, message, warnings: [headers.warning ?? []].flat() };
}

function root(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}
