/**
 * Starts as Uptime Kuma's server/server.js does, whoever it is: it makes the folders of its data folder, keeps a database
 * there and listens on 3001, where / leads to /dashboard. It ends on SIGTERM.
 */
const { mkdirSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');

for (const folder of ['upload', 'screenshots', 'docker-tls']) mkdirSync(`/app/data/${folder}`, { recursive: true });
writeFileSync('/app/data/kuma.db', `since ${new Date().toISOString()}\n`);

createServer((request, response) => {
  if (request.url === '/') response.writeHead(302, { location: '/dashboard' }).end();
  else response.end('Uptime Kuma');
}).listen(3001);
// As the first process of its container it gets no default action for signals.
process.on('SIGTERM', () => process.exit(0));
