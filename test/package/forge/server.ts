import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

interface Comment {
  readonly id: number;
  body: string;
}

/** What was asked of the API, such as `POST /repos/…`. */
export interface Asked {
  readonly method: string;
  readonly path: string;
}

/** Stands for GitHub or GitLab: the API of comments under `/api`, and git repositories under `/git`, each for its token alone. */
export class ForgeServer {
  readonly comments: Comment[] = [];
  readonly asked: Asked[] = [];
  private next = 1;
  private readonly server = createServer((request, response) => void this.answer(request, response));

  constructor(
    /** The folder of bare repositories that are served. */
    private readonly repositories: string,
    private readonly tokens: { readonly api: string; readonly git: string },
  ) {}

  /** The address, once it listens. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  add(body: string): Comment {
    const comment = { id: this.next++, body };
    this.comments.push(comment);
    return comment;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const url = new URL(request.url!, 'http://forge');
    if (url.pathname.startsWith('/git/')) this.serveGit(request, url, body, response);
    else this.serveApi(request, url, body.toString('utf8'), response);
  }

  private serveApi({ method, headers }: IncomingMessage, url: URL, body: string, response: ServerResponse): void {
    this.asked.push({ method: method!, path: url.pathname });
    const say = (status: number, content: unknown) => response.writeHead(status).end(JSON.stringify(content));
    const { authorization, 'private-token': token } = headers;
    if (authorization !== `Bearer ${this.tokens.api}` && token !== this.tokens.api)
      return void say(401, { message: 'Bad credentials' });
    const [, id] = /\/(?:issues\/comments|notes)\/(\d+)$/.exec(url.pathname) ?? [];
    const listed = /^\/api\/(?:repos\/shop\/platform\/issues\/7|projects\/4\/merge_requests\/7)\/(?:comments|notes)$/;
    if (method === 'GET' && listed.test(url.pathname)) {
      const [size, page] = ['per_page', 'page'].map((name) => Number(url.searchParams.get(name)));
      return void say(200, this.comments.slice((page! - 1) * size!, page! * size!));
    }
    if (method === 'POST' && listed.test(url.pathname)) return void say(201, this.add(JSON.parse(body).body));
    const edited = this.comments.find((comment) => String(comment.id) === id);
    if (!edited || method === 'GET') return void say(404, { message: 'Not Found' });
    edited.body = JSON.parse(body).body;
    say(200, edited);
  }

  /** By git's own program for web servers. */
  private serveGit({ method, headers }: IncomingMessage, url: URL, body: Buffer, response: ServerResponse): void {
    const [, given = ''] = /^Basic (.+)$/.exec(headers.authorization ?? '') ?? [];
    if (Buffer.from(given, 'base64').toString('utf8').split(':')[1] !== this.tokens.git)
      return void response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'],
        GIT_PROJECT_ROOT: this.repositories,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
        PATH_INFO: url.pathname.slice('/git'.length),
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: method,
        CONTENT_TYPE: headers['content-type'] ?? '',
        REMOTE_USER: 'platform',
        REMOTE_ADDR: '127.0.0.1',
      },
    });
    const out: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    backend.on('close', () => {
      const said = Buffer.concat(out);
      const end = said.indexOf('\r\n\r\n');
      const lines = said.subarray(0, end).toString('latin1').split('\r\n');
      const heads = lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)] as const);
      const status = Number(heads.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? 200);
      response.writeHead(status, Object.fromEntries(heads.filter(([name]) => name !== 'Status')));
      response.end(said.subarray(end + 4));
    });
    // It may end before it has read everything, or anything.
    backend.stdin.on('error', () => undefined);
    backend.stdin.end(headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body);
  }
}
