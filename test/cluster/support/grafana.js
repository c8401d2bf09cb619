/**
 * Starts where Grafana does, and asks as it does: it needs its data folder writable, its password and its provisioning files readable, serves
 * its health and its metrics at 3000, and sends what comes to /api/v1 to the data source that the provisioning file names. What is not
 * seen by it is the program itself. It ends on SIGTERM.
 */
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { createServer, request } = require('node:http');
const { join } = require('node:path');

const { env } = process;
writeFileSync('/var/lib/grafana/grafana.db', `since ${new Date().toISOString()}\n`);
writeFileSync('/tmp/written', '');
for (const name of ['GF_SECURITY_ADMIN_PASSWORD__FILE', 'GF_SECURITY_SECRET_KEY__FILE'])
  if (readFileSync(env[name], 'utf8').trim().length < 16) throw new Error(`${name} holds too little`);

const provisioning = '/etc/grafana/provisioning';
const sources = readFileSync(join(provisioning, 'datasources/prometheus.yaml'), 'utf8');
const url = /^\s*url: (\S+)$/m.exec(sources)[1];
const folder = /^\s*path: (\S+)$/m.exec(readFileSync(join(provisioning, 'dashboards/dashboards.yaml'), 'utf8'))[1];
const uids = readdirSync(folder).flatMap((name) =>
  readdirSync(join(folder, name))
    .filter((file) => file.endsWith('.json'))
    .map((file) => JSON.parse(readFileSync(join(folder, name, file), 'utf8')).uid),
);
if (uids.length === 0) throw new Error(`${folder} holds no dashboard`);
readFileSync(env.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH);

createServer((asked, answer) => {
  if (asked.url === '/api/health') answer.end('{"database":"ok"}');
  else if (asked.url === '/metrics')
    answer
      .setHeader('content-type', 'text/plain; version=0.0.4')
      .end('# TYPE grafana_build_info gauge\ngrafana_build_info 1\n');
  else if (asked.url === '/uids') answer.end(JSON.stringify(uids));
  else if (asked.url.startsWith('/api/v1/'))
    request(`${url}${asked.url}`, (found) => found.pipe(answer.writeHead(found.statusCode)))
      .on('error', (error) => answer.writeHead(502).end(error.message))
      .end();
  else answer.writeHead(404).end();
}).listen(3000);
// As the first process of its container it gets no default action for signals.
process.on('SIGTERM', () => process.exit(0));
